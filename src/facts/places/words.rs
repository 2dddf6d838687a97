//! What single words say about a place name beside them: the roles of `data/words.tsv`, which the index holds.

/// Roles of a word, as bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Roles(pub u32);

macro_rules! roles {
    ($($name:ident $bit:literal $doc:literal;)*) => {
        impl Roles {
            $(#[doc = $doc] pub const $name: Roles = Roles(1 << $bit);)*
        }
    };
}

roles! {
    NEVER 7 "A place only with its country or region after it.";
    GIVEN 8 "A first name.";
    BRAND 9 "Makes a name of firm or event of the place before it.";
    OTHER 10 "With it, the words before are no place.";
    OFFICE 11 "Belongs to a place, and so shows that a place stands before it.";
    PREP 12 "A place stands after it.";
    TITLE 13 "A person's name stands after it.";
    GREATER 14 "The place after it is meant with its surroundings.";
    AROUND 15 "The place before it is meant with its surroundings.";
    THING 16 "In small letters after a place: a thing, no place.";
    AND 17 "Joins the places of a list.";
    CITY 18 "Before `of`: the place itself.";
    OF 19 "`of`, in several languages.";
    PERSON 20 "A surname.";
    AFTER 21 "May follow a place in unspaced text.";
    BEFORE 22 "May precede a place in unspaced text.";
}

/// The languages of `common:` roles, as whatlang and HTML write them, by bit.
const LANGUAGES: [&str; 7] = ["en", "de", "fr", "es", "pt", "it", "nl"];

impl Roles {
    /// A common word in one of the languages.
    const COMMON: Roles = Roles((1 << LANGUAGES.len()) - 1);

    /// The roles that a line of `words.tsv` names, for the builder of the index.
    pub fn parse(role: &str) -> Option<Roles> {
        if let Some(languages) = role.strip_prefix("common:") {
            let bits = languages.split(',').map(|l| LANGUAGES.iter().position(|known| *known == l));
            return bits.map(|bit| bit.map(|b| Roles(1 << b))).try_fold(Roles(0), |all, one| Some(Roles(all.0 | one?.0)));
        }
        Some(match role {
            "never" => Roles::NEVER,
            "given" => Roles::GIVEN,
            "brand" => Roles::BRAND,
            "other" => Roles::OTHER,
            "office" => Roles::OFFICE,
            "prep" => Roles::PREP,
            "title" => Roles::TITLE,
            "greater" => Roles::GREATER,
            "around" => Roles::AROUND,
            "thing" => Roles::THING,
            "and" => Roles::AND,
            "city" => Roles::CITY,
            "of" => Roles::OF,
            "person" => Roles::PERSON,
            "after" => Roles::AFTER,
            "before" => Roles::BEFORE,
            _ => return None,
        })
    }

    pub(super) fn has(self, role: Roles) -> bool {
        self.0 & role.0 != 0
    }

    /// Whether it is a common word in a language (`de`, `de-AT`), or in any if the language is unknown.
    pub(super) fn common(self, language: Option<&str>) -> bool {
        let known = language.and_then(|l| LANGUAGES.iter().position(|known| l.get(..2).is_some_and(|l| l.eq_ignore_ascii_case(known))));
        self.has(known.map_or(Roles::COMMON, |bit| Roles(1 << bit)))
    }
}
