//! The way from visible text back to the source.

use crate::source::Span;

/// One run of a map: bytes of one text that come from bytes of another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// First byte in the text.
    pub text: usize,
    /// Bytes in the text; 0 for something the reader does not see but that belongs to its surroundings, as a soft hyphen does.
    pub text_len: usize,
    /// First byte in the source.
    pub source: usize,
    /// Bytes in the source.
    pub source_len: usize,
    /// Byte for byte the same, so that parts of it can be told apart. Otherwise the whole stands for the whole, as `&amp;` does for `&`.
    pub linear: bool,
}

impl Piece {
    fn text_end(&self) -> usize {
        self.text + self.text_len
    }

    fn source_end(&self) -> usize {
        self.source + self.source_len
    }
}

/// Pieces by rising text offset, without overlap in the text.
///
/// Text that no piece covers (block separators, stand-ins for images) has no place in the source.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct SourceMap {
    pieces: Vec<Piece>,
}

impl SourceMap {
    /// A map of `len` bytes that stand in the source as they are, from `at` on.
    pub fn identity(at: usize, len: usize) -> Self {
        let mut m = SourceMap::default();
        m.push(Piece { text: 0, text_len: len, source: at, source_len: len, linear: true });
        m
    }

    /// Adds a piece; its text must not start before the last one's end. Pieces that continue each other become one.
    pub fn push(&mut self, piece: Piece) {
        if piece.text_len == 0 && piece.source_len == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut() {
            debug_assert!(last.text_end() <= piece.text, "pieces overlap in the text");
            let joins = last.linear && piece.linear && last.text_end() == piece.text && last.source_end() == piece.source;
            if joins {
                last.text_len += piece.text_len;
                last.source_len += piece.source_len;
                return;
            }
        }
        self.pieces.push(piece);
    }

    /// Forgets what lies behind byte `end` of the text. What stands for something as a whole, and reaches beyond, is forgotten too.
    pub(crate) fn truncate(&mut self, end: usize) {
        while let Some(last) = self.pieces.last_mut().filter(|p| p.text_end() > end || p.text >= end && p.text_len == 0) {
            if last.linear && last.text < end {
                last.source_len -= last.text_end() - end;
                last.text_len = end - last.text;
                return;
            }
            self.pieces.pop();
        }
    }

    /// Makes room for so many more pieces.
    pub(crate) fn reserve(&mut self, pieces: usize) {
        self.pieces.reserve(pieces);
    }

    /// Forgets all pieces and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
    }

    /// The pieces, by rising text offset.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Takes over another map's pieces, its text placed at `text_at`.
    pub(crate) fn append(&mut self, other: SourceMap, text_at: usize) {
        for mut p in other.pieces {
            p.text += text_at;
            self.push(p);
        }
    }

    /// The places in the source that make up `start..end` of the text, in order, those that touch joined.
    ///
    /// Two spans come back where markup stands in between. Empty for text the author did not write.
    pub fn spans(&self, start: usize, end: usize) -> Vec<Span> {
        let first = self.pieces.partition_point(|p| p.text_end() <= start && p.text < start);
        let mut out: Vec<Span> = Vec::new();
        for p in self.pieces[first..].iter().take_while(|p| p.text < end) {
            let span = if p.text_len == 0 {
                // Something invisible: part of the match only if text of the match comes before it.
                if p.text <= start {
                    continue;
                }
                Span::new(p.source, p.source_end())
            } else if p.text_end() <= start {
                continue;
            } else if p.linear {
                let from = start.max(p.text) - p.text;
                let to = end.min(p.text_end()) - p.text;
                Span::new(p.source + from, p.source + to)
            } else {
                Span::new(p.source, p.source_end())
            };
            match out.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                // Two visible characters of one entity share its source.
                Some(last) if last.contains(&span) => {}
                _ => out.push(span),
            }
        }
        out
    }

    /// The smallest span of the source that holds all of `start..end`.
    pub fn cover(&self, start: usize, end: usize) -> Option<Span> {
        self.spans(start, end).into_iter().reduce(|a, b| a.cover(&b))
    }

    /// The same map seen through `outer`: this map's source is `outer`'s text.
    pub fn through(&self, outer: &SourceMap) -> SourceMap {
        let mut out = SourceMap::default();
        for p in &self.pieces {
            for q in outer.resolve(*p) {
                out.push(q);
            }
        }
        out
    }

    /// One inner piece, cut and placed along this (outer) map.
    pub(crate) fn resolve(&self, p: Piece) -> Vec<Piece> {
        if !p.linear || p.text_len == 0 {
            let spans = self.spans(p.source, p.source + p.source_len.max(1));
            return match spans.into_iter().reduce(|a, b| a.cover(&b)) {
                Some(s) => vec![Piece { source: s.start, source_len: s.len(), linear: false, ..p }],
                None => Vec::new(),
            };
        }
        let (start, end) = (p.source, p.source + p.source_len);
        let first = self.pieces.partition_point(|q| q.text_end() <= start && q.text < start);
        let mut out = Vec::new();
        for q in self.pieces[first..].iter().take_while(|q| q.text < end) {
            if q.text_len == 0 {
                if q.text > start {
                    out.push(Piece { text: p.text + (q.text - start), ..*q });
                }
                continue;
            }
            let (from, to) = (start.max(q.text), end.min(q.text_end()));
            if from >= to {
                continue;
            }
            let text = p.text + (from - start);
            out.push(if q.linear {
                Piece { text, text_len: to - from, source: q.source + (from - q.text), source_len: to - from, linear: true }
            } else {
                Piece { text, text_len: to - from, source: q.source, source_len: q.source_len, linear: false }
            });
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: usize, text_len: usize, source: usize, source_len: usize) -> Piece {
        Piece { text, text_len, source, source_len, linear: text_len == source_len }
    }

    #[test]
    fn markup_splits_and_invisible_characters_do_not() {
        let mut m = SourceMap::default();
        m.push(piece(0, 3, 0, 3)); // Hub
        m.push(piece(3, 0, 3, 5)); // &shy;
        m.push(piece(3, 4, 8, 4)); // Spot
        m.push(piece(7, 3, 20, 3)); // after a tag
        assert_eq!(m.spans(0, 7), vec![Span::new(0, 12)]);
        assert_eq!(m.spans(3, 7), vec![Span::new(8, 12)]);
        assert_eq!(m.spans(0, 3), vec![Span::new(0, 3)]);
        assert_eq!(m.spans(4, 9), vec![Span::new(9, 12), Span::new(20, 22)]);
    }

    #[test]
    fn maps_compose() {
        let mut outer = SourceMap::default();
        outer.push(piece(0, 4, 10, 4));
        outer.push(piece(4, 1, 14, 6)); // an escape
        outer.push(piece(5, 4, 20, 4));
        let mut inner = SourceMap::default();
        inner.push(piece(0, 3, 3, 3)); // one before, the escape, one after
        inner.push(piece(3, 1, 6, 3)); // an entity of three
        let m = inner.through(&outer);
        assert_eq!(m.spans(0, 4), vec![Span::new(13, 24)]);
        assert_eq!(m.spans(1, 2), vec![Span::new(14, 20)]);
        assert_eq!(m.spans(3, 4), vec![Span::new(21, 24)]);
    }
}
