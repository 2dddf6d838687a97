//! The lines around findings as codespan-reporting wants them: files made of excerpts that know their true lines and columns.
//!
//! codespan-reporting prints whole lines; a minified page is one line of megabytes. So each "file" holds only what is shown.

use super::clean;
use crate::finding::{Excerpt, Location, Place};
use codespan_reporting::files::{Error, Files};
use std::collections::BTreeMap;
use std::ops::Range;

/// What stands where something was cut.
const CUT: &str = "…";

/// One shown line.
#[derive(Debug)]
struct Line {
    /// Where it starts in the file's text.
    start: usize,
    /// Its text, with a line end.
    len: usize,
    /// Excerpts in it: start in the file's text, column of the first character, characters.
    pieces: Vec<(usize, usize, String)>,
}

/// One file as far as it is shown.
#[derive(Debug)]
pub(super) struct Shown {
    name: String,
    text: String,
    /// By true line number, from 1.
    lines: BTreeMap<usize, Line>,
}

/// All files of one diagnostic.
#[derive(Debug, Default)]
pub(super) struct Window {
    files: Vec<Shown>,
}

impl Window {
    /// The files of these places, in the order they are named.
    pub fn new<'a>(locations: impl IntoIterator<Item = &'a Location>) -> Window {
        let mut by_name: Vec<(String, Vec<&Excerpt>)> = Vec::new();
        for l in locations {
            match by_name.iter_mut().find(|(n, _)| *n == l.path) {
                Some((_, list)) => list.extend(&l.excerpt),
                None => by_name.push((l.path.clone(), l.excerpt.iter().collect())),
            }
        }
        Window { files: by_name.into_iter().map(|(name, excerpts)| Shown::new(name, excerpts)).collect() }
    }

    /// The id of a file.
    pub fn id(&self, name: &str) -> Option<usize> {
        self.files.iter().position(|f| f.name == name)
    }

    /// The bytes of the shown text that a place covers.
    pub fn range(&self, id: usize, place: &Place) -> Option<Range<usize>> {
        let file = self.files.get(id)?;
        let start = file.byte(place.line, place.column)?;
        let end = file.byte(place.end_line, place.end_column).unwrap_or(start).max(start);
        Some(start..end)
    }
}

impl Shown {
    fn new(name: String, excerpts: Vec<&Excerpt>) -> Shown {
        /// Column, characters, whether something was cut before and after.
        type Part = (usize, Vec<char>, bool, bool);
        let mut by_line: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
        for e in excerpts {
            by_line.entry(e.line).or_default().push((e.column, clean(&e.text).chars().collect(), e.cut_before, e.cut_after));
        }
        let mut text = String::new();
        let mut lines = BTreeMap::new();
        for (number, mut parts) in by_line {
            parts.sort_by_key(|p| p.0);
            // Excerpts that touch or overlap become one.
            let mut joined: Vec<Part> = Vec::new();
            for (column, chars, before, after) in parts {
                match joined.last_mut() {
                    Some((c, have, _, cut)) if column <= *c + have.len() => {
                        let skip = *c + have.len() - column;
                        if skip < chars.len() {
                            have.extend(&chars[skip..]);
                            *cut = after;
                        }
                    }
                    _ => joined.push((column, chars, before, after)),
                }
            }
            let start = text.len();
            let mut pieces = Vec::new();
            let last = joined.len() - 1;
            for (i, (column, chars, before, after)) in joined.into_iter().enumerate() {
                if i > 0 {
                    text.push(' ');
                }
                if before || i > 0 {
                    text.push_str(CUT);
                    text.push(' ');
                }
                let piece: String = chars.into_iter().collect();
                pieces.push((text.len(), column, piece.clone()));
                text.push_str(&piece);
                if after && i == last {
                    text.push(' ');
                    text.push_str(CUT);
                }
            }
            text.push('\n');
            lines.insert(number, Line { start, len: text.len() - start, pieces });
        }
        Shown { name, text, lines }
    }

    /// The byte of the shown text at a true line and column.
    fn byte(&self, line: usize, column: usize) -> Option<usize> {
        let line = self.lines.get(&line)?;
        let (start, first, text) = line.pieces.iter().rev().find(|(_, first, _)| *first <= column).or(line.pieces.first())?;
        let n = column.saturating_sub(*first);
        Some(start + text.char_indices().nth(n).map_or(text.len(), |(i, _)| i))
    }

    fn line_of(&self, byte: usize) -> Option<(usize, &Line)> {
        self.lines.iter().rev().find(|(_, l)| l.start <= byte).or(self.lines.iter().next()).map(|(n, l)| (*n, l))
    }
}

impl<'a> Files<'a> for Window {
    type FileId = usize;
    type Name = String;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<String, Error> {
        self.files.get(id).map(|f| clean(&f.name)).ok_or(Error::FileMissing)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        self.files.get(id).map(|f| f.text.as_str()).ok_or(Error::FileMissing)
    }

    fn line_index(&'a self, id: usize, byte_index: usize) -> Result<usize, Error> {
        let file = self.files.get(id).ok_or(Error::FileMissing)?;
        file.line_of(byte_index).map(|(n, _)| n - 1).ok_or(Error::LineTooLarge { given: 0, max: 0 })
    }

    fn line_range(&'a self, id: usize, line_index: usize) -> Result<Range<usize>, Error> {
        let file = self.files.get(id).ok_or(Error::FileMissing)?;
        match file.lines.get(&(line_index + 1)) {
            Some(l) => Ok(l.start..l.start + l.len),
            // A line in between that is not shown.
            None => {
                let at = file.lines.range(line_index + 1..).next().map_or(file.text.len(), |(_, l)| l.start);
                Ok(at..at)
            }
        }
    }

    fn column_number(&'a self, id: usize, line_index: usize, byte_index: usize) -> Result<usize, Error> {
        let file = self.files.get(id).ok_or(Error::FileMissing)?;
        let line = file.lines.get(&(line_index + 1)).ok_or(Error::LineTooLarge { given: line_index, max: 0 })?;
        let piece = line.pieces.iter().rev().find(|(start, _, _)| *start <= byte_index).or(line.pieces.first());
        Ok(piece.map_or(1, |(start, column, text)| {
            let upto = byte_index.saturating_sub(*start).min(text.len());
            column + text.get(..upto).map_or(0, |t| t.chars().count())
        }))
    }
}
