//! How visible text is written down, each character with its source.

use super::*;

/// Makes one emoji of those on both sides of it.
const JOINER: char = '\u{200D}';

impl Builder {
    /// The index that the next finished block will have is not known before the end; a field learns its block through
    /// [`Block::field`] when the document is finished.
    fn first_text(&mut self) {
        let lane = self.lane();
        if lane.open.is_none() {
            self.open(Role::Text);
        }
        let lane = self.lane();
        let at = lane.text.len();
        if let Some(open) = lane.open.as_mut() {
            match open.space.take() {
                Some(from) if open.start.is_some() => {
                    lane.text.push(' ');
                    if let Some(s) = from {
                        lane.map.push(Piece { text: at, text_len: 1, source: s.start, source_len: s.len(), linear: s.len() == 1 });
                    }
                }
                _ => {}
            }
            if open.start.is_none() {
                open.start = Some(lane.text.len());
            }
        }
    }

    fn put(&mut self, text: &str, at: usize) {
        self.first_text();
        let start = self.lane().text.len();
        let piece = Piece { text: start, text_len: text.len(), source: at, source_len: text.len(), linear: true };
        match self.origins.last() {
            None => self.lane().map.push(piece),
            Some(map) => {
                for p in map.resolve(piece) {
                    self.lane().map.push(p);
                }
            }
        }
        self.lane().text.push_str(text);
        self.wake();
    }

    fn put_whole(&mut self, text: &str, span: Span) {
        self.first_text();
        let start = self.lane().text.len();
        let span = self.locate_cover(span);
        let lane = self.lane();
        lane.map.push(Piece { text: start, text_len: text.len(), source: span.start, source_len: span.len(), linear: false });
        lane.text.push_str(text);
        self.wake();
    }

    /// A character that is not put down as it stands: one drawn like another, or one that joins the one before it. `at` is where it stands.
    fn put_like(&mut self, c: char, span: Span) {
        let before = self.lane().text.chars().next_back().filter(|_| self.has_text());
        let lane = self.lane();
        let touches = lane.open.as_ref().is_some_and(|o| o.space.is_none());
        if let Some(one) = before.filter(|_| touches && may_join(c)).and_then(|b| joined(b, c).map(|one| (b, one))) {
            let (before, one) = one;
            let span = self.locate_cover(span);
            let lane = self.lane();
            let at = lane.text.len() - before.len_utf8();
            let source = lane.map.cover(at, lane.text.len()).map_or(span, |s| s.cover(&span));
            lane.text.truncate(at);
            lane.map.truncate(at);
            lane.text.push(one);
            lane.map.push(Piece { text: at, text_len: one.len_utf8(), source: source.start, source_len: source.len(), linear: false });
            return;
        }
        self.put_whole(plain(c).unwrap_or(c).encode_utf8(&mut [0; 4]), span);
    }

    /// What was written last ends a line with a hyphen that may be there only for that.
    pub fn divided(&mut self) {
        if !self.in_side && self.has_text() {
            self.hyphens.push(self.main.text.len());
        }
    }

    fn drop_invisible(&mut self, span: Span) {
        if !self.has_text() {
            return;
        }
        let span = self.locate_cover(span);
        let lane = self.lane();
        if lane.open.as_ref().is_some_and(|o| o.space.is_some()) {
            return;
        }
        let at = lane.text.len();
        lane.map.push(Piece { text: at, text_len: 0, source: span.start, source_len: span.len(), linear: false });
    }

    /// White space as the reader sees it: any amount is one space, none at a block's edges.
    pub fn space(&mut self, span: Span) {
        let span = if self.origins.is_empty() { span } else { self.locate_cover(span) };
        if let Some(open) = self.lane().open.as_mut()
            && open.start.is_some()
        {
            open.space = match open.space {
                Some(Some(s)) if s.end == span.start => Some(Some(s.cover(&span))),
                // White space on both sides of markup: the first stands for both.
                Some(s) => Some(s),
                None => Some(Some(span)),
            };
        }
    }

    /// Whether what was written last, with `more`, is an emoji that others may be joined to.
    fn ends_in_emoji(&self, more: &str) -> bool {
        let lane = if self.in_side { &self.side } else { &self.main };
        let together = lane.open.as_ref().is_some_and(|o| o.start.is_some() && o.space.is_none());
        let last = more.chars().next_back().or_else(|| lane.text.chars().next_back().filter(|_| together));
        last.is_some_and(|c| matches!(c, '\u{2300}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}'))
    }

    /// Text that stands in the text being read as it is, from byte `at` on.
    pub fn text(&mut self, text: &str, at: usize) {
        let bytes = text.as_bytes();
        let mut from = 0;
        let mut i = 0;
        while i < bytes.len() {
            if let Some(&eight) = bytes[i..].first_chunk()
                && i > from
                && is_plain(eight)
            {
                // What follows may make the last of them, if it is a space, one of several.
                i += 7;
                continue;
            }
            let b = bytes[i];
            // The plain case first: printable ASCII, and single spaces between words.
            if b > b' ' && b < 0x7F || b == b' ' && i > from && bytes.get(i + 1).is_some_and(|&n| n > b' ' && n < 0x7F) {
                i += 1;
                continue;
            }
            if b < 0x80 {
                if from < i {
                    self.put(&text[from..i], at + from);
                }
                if b == b' ' || (0x09..=0x0D).contains(&b) {
                    let run = bytes[i..].iter().take_while(|&&b| b == b' ' || (0x09..=0x0D).contains(&b)).count();
                    self.space(Span::new(at + i, at + i + run));
                    i += run;
                } else {
                    // Control characters show nothing.
                    self.drop_invisible(Span::new(at + i, at + i + 1));
                    i += 1;
                }
                from = i;
                continue;
            }
            let Some(c) = text[i..].chars().next() else { break };
            let next = i + c.len_utf8();
            self.foreign |= is_foreign(c);
            let unlike = plain(c).is_some() || may_join(c);
            let unseen = is_invisible(c) && !(c == JOINER && self.ends_in_emoji(&text[from..i]));
            let special = unlike || c.is_whitespace() || unseen || c.is_control() || c == OBJECT;
            if special {
                if from < i {
                    self.put(&text[from..i], at + from);
                }
                let span = Span::new(at + i, at + next);
                if c.is_whitespace() {
                    self.space(span)
                } else if unlike {
                    self.put_like(c, span)
                } else {
                    self.drop_invisible(span)
                }
                from = next;
            }
            i = next;
        }
        if from < bytes.len() {
            self.put(&text[from..], at + from);
        }
    }

    /// Text that stands for `span` as a whole: a decoded entity or escape.
    pub fn decoded(&mut self, text: &str, span: Span) {
        let mut visible = String::new();
        for c in text.chars() {
            if c.is_whitespace() {
                if !visible.is_empty() {
                    self.put_whole(&std::mem::take(&mut visible), span);
                }
                self.space(span);
            } else if plain(c).is_some() || may_join(c) {
                if !visible.is_empty() {
                    self.put_whole(&std::mem::take(&mut visible), span);
                }
                self.put_like(c, span);
            } else if !(is_invisible(c) && !(c == JOINER && self.ends_in_emoji(&visible)) || c.is_control() || c == OBJECT) {
                self.foreign |= is_foreign(c);
                visible.push(c);
            } else if visible.is_empty() {
                self.drop_invisible(span);
            }
        }
        if !visible.is_empty() {
            self.put_whole(&visible, span);
        }
    }

    /// Something in the running text that is no text (an image, a control): keeps its neighbours apart. `span`: its element.
    pub fn object(&mut self, span: Span) {
        self.first_text();
        self.lane().text.push(OBJECT);
        self.stands(span);
    }

    /// Such a thing where there need be no text: it is what a comment before it holds for, with the text beside it.
    pub fn stands(&mut self, span: Span) {
        self.wake();
        if !self.held.is_empty() && !self.in_side {
            let span = self.locate_cover(span);
            self.objects = Some(self.objects.map_or(span, |o| o.cover(&span)));
        }
    }

    /// How much has been written beside the running text, to tell whether something was.
    pub fn beside(&self) -> usize {
        self.side.text.len()
    }

    /// Whether a comment waits for the block that it holds for.
    pub fn is_awaited(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// An element whose texts are not in the running text at all (`<meta>`, JSON-LD): what comments before it hold for.
    pub fn apart(&mut self, span: Span) {
        if !self.waiting.is_empty() {
            let span = self.locate_cover(span);
            for i in self.waiting.drain(..) {
                self.doc.directives[i].next_block = Some(span);
            }
        }
    }
}
