//! Names of files: what a browser says is never a path, and tells no type.

use domain::{form::kinds::Media, identity::words};

/// Characters of a name.
const LONGEST: usize = 80;

/// What Windows takes for something else than a file.
const RESERVED: [&str; 4] = ["aux", "con", "nul", "prn"];

/// The name under which a file of that type is kept: letters, digits and `-`, with the ending of the type.
pub fn stored(typed: &str, media: Media) -> String {
    let last = last_part(typed);
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let ending = ending(media);
    let mut name = String::new();
    for word in words(stem) {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        if !word.is_empty() && !name.is_empty() {
            name.push('-');
        }
        name += &word;
    }
    name.truncate(LONGEST - 1 - ending.len());
    let name = name.trim_end_matches('-');
    match name {
        "" => format!("fichier.{ending}"),
        reserved if RESERVED.contains(&reserved) => format!("fichier-{reserved}.{ending}"),
        name => format!("{name}.{ending}"),
    }
}

/// The name by which who sent a file knows it, to be said in a message.
pub fn said(typed: &str) -> String {
    let is_seen = |character: &char| {
        !character.is_control()
            && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    last_part(typed).chars().filter(is_seen).take(LONGEST).collect::<String>().trim().to_owned()
}

fn last_part(typed: &str) -> &str {
    typed.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// The ending of a type's files.
pub fn ending(media: Media) -> &'static str {
    match media {
        Media::Jpeg => "jpg",
        Media::Png => "png",
        Media::Webp => "webp",
        Media::Pdf => "pdf",
        Media::Odt => "odt",
        Media::Ods => "ods",
        Media::Docx => "docx",
        Media::Xlsx => "xlsx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path_and_has_the_ending_of_what_the_file_is() {
        for (typed, name) in [
            ("Plan de la façade.PDF", "plan-de-la-facade.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\Users\\jeanne\\photo.jpeg", "photo.jpg"),
            ("a.php.jpg", "a-php.jpg"),
            ("\u{202e}gpj.exe", "gpj.jpg"),
            ("a\0b.jpg", "a-b.jpg"),
            ("CON.jpg", "fichier-con.jpg"),
            (".htaccess", "fichier.jpg"),
            ("", "fichier.jpg"),
            ("學校.png", "fichier.jpg"),
            ("un_plan-2.png", "un-plan-2.jpg"),
        ] {
            assert_eq!(stored(typed, Media::Jpeg), name, "{typed:?}");
        }
        assert_eq!(stored(&"x".repeat(500), Media::Docx).len(), LONGEST);
    }

    #[test]
    fn a_name_is_said_as_it_was_typed_but_for_what_deceives() {
        assert_eq!(said("C:\\x\\Façade (2).jpg"), "Façade (2).jpg");
        assert_eq!(said("\u{202e}gpj.exe\0\n"), "gpj.exe");
        assert_eq!(said(&"é".repeat(500)).chars().count(), LONGEST);
    }
}
