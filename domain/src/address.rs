//! Words in the addresses of the functions, which all begin with `/actes/<process>/`.

/// Where a text is written: `…/ecrire`.
pub const WRITE: &str = "ecrire";
/// Where an author follows their deposit: `…/depots/<id>`.
pub const OWN: &str = "depots";
/// Where a large file is announced: `…/fichiers`.
pub const FILES: &str = "fichiers";
/// Where a draft is opened: `…/brouillon?cle=<token>`.
pub const DRAFT: &str = "brouillon";
/// Where a ballot is filled in: `…/bulletin`.
pub const BALLOT: &str = "bulletin";

/// What no deposit can be called: it would be asked for at an address of another function, such as
/// `…/depots/soutien`.
pub const RESERVED: [&str; 5] = [WRITE, OWN, FILES, DRAFT, BALLOT];

/// Whether a deposit can be called so.
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.contains(&slug)
}
