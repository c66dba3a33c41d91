//! A form with a field of every kind: how an editor declares it, what people get wrong, what is right, and where it goes.

use serde::Serialize;

/// A field of the form.
#[derive(Debug, Serialize)]
pub(crate) struct Field {
    /// Its identifier; empty when it is only shown.
    pub id: &'static str,
    #[serde(skip)]
    declared: &'static str,
    /// What is typed wrongly, one after the other.
    pub wrong: &'static [Wrong],
    /// What is typed rightly.
    pub right: Typed,
    /// How it is read again before it is sent.
    pub shown: &'static str,
    /// Its cell of the export.
    pub exported: &'static str,
}

/// Part of the field (`street`; none of most) → value; of files, the name of one of [`FILES`].
pub(crate) type Typed = &'static [(&'static str, &'static str)];

/// What is refused.
#[derive(Debug, Serialize)]
pub(crate) struct Wrong {
    /// What is typed.
    pub typed: Typed,
    /// The part that is at fault.
    pub part: &'static str,
    /// Words of what is said.
    pub says: &'static str,
}

/// A field that is required and not answered.
const NOTHING: &[(&str, &str)] = &[];

const fn wrong(typed: Typed, says: &'static str) -> Wrong {
    Wrong { typed, part: "", says }
}

const fn shown_only(declared: &'static str) -> Field {
    Field { id: "", declared, wrong: &[], right: NOTHING, shown: "", exported: "" }
}

/// Files that are chosen: name, content.
pub(crate) const FILES: [(&str, &str); 2] = [
    ("texte.pdf", "Ceci n’est pas un PDF."),
    (
        "plan.pdf",
        "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n",
    ),
];

/// The form, in order.
pub(crate) const FORM: &[Field] = &[
    shown_only("kind = \"section\"\nlabel = \"Ce qui s’écrit\""),
    Field {
        id: "title",
        declared: r#"kind = "text"
label = "Titre"
required = true
max = 40
message = "Sans titre, ou avec un titre trop long, personne ne trouvera votre idée.""#,
        wrong: &[
            wrong(NOTHING, "Sans titre, ou avec un titre trop long"),
            wrong(
                &[("", "Un banc devant l’école, et un autre devant la halle")],
                "Sans titre, ou avec un titre trop long",
            ),
        ],
        right: &[("", "Un banc <b>devant</b> l’école")],
        shown: "Un banc <b>devant</b> l’école",
        exported: "Un banc <b>devant</b> l’école",
    },
    Field {
        id: "short",
        declared: "kind = \"text\"\nlabel = \"En un mot\"\nmax = 12",
        wrong: &[wrong(&[("", "En bien plus d’un mot")], "12 caractères au plus")],
        right: &[("", "=S’asseoir")],
        shown: "=S’asseoir",
        exported: "'=S’asseoir",
    },
    Field {
        id: "story",
        declared: "kind = \"long-text\"\nlabel = \"Votre idée\"\nrequired = true\nmin = 20\nmax = 80",
        wrong: &[
            wrong(NOTHING, "une réponse est nécessaire"),
            wrong(&[("", "Un banc.")], "20 caractères au moins"),
            wrong(
                &[(
                    "",
                    "Un banc, puis un banc, puis un banc, puis un banc, puis un banc, puis un banc, enfin.",
                )],
                "80 caractères au plus",
            ),
        ],
        right: &[("", "Un banc à l’ombre,\npour attendre les enfants.")],
        shown: "Un banc à l’ombre, pour attendre les enfants.",
        exported: "Un banc à l’ombre,\npour attendre les enfants.",
    },
    Field {
        id: "more",
        declared: "kind = \"rich-text\"\nlabel = \"Pour aller plus loin\"\nmin = 5",
        wrong: &[wrong(&[("", "Si")], "5 caractères au moins")],
        right: &[("", "Deux **raisons** :\n\n- le repos\n- l’ombre")],
        shown: "Deux raisons : le repos l’ombre",
        exported: "Deux **raisons** :\n\n- le repos\n- l’ombre",
    },
    shown_only("kind = \"note\"\ntext = \"Lisez *d’abord* le règlement.\""),
    shown_only("kind = \"picture\"\nsrc = \"banc.svg\"\nalt = \"Un banc sous un arbre\""),
    shown_only("kind = \"section\"\nlabel = \"Ce qui se compte\""),
    Field {
        id: "people",
        declared: "kind = \"number\"\nlabel = \"Combien de personnes ?\"\nmin = 2\nmax = 1000\nunit = \"personnes\"",
        wrong: &[
            wrong(&[("", "douze")], "un nombre est attendu"),
            wrong(&[("", "1")], "2 personnes au moins"),
            wrong(&[("", "1 001")], "1 000 personnes au plus"),
        ],
        right: &[("", "1 000 personnes")],
        shown: "1 000 personnes",
        exported: "1 000 personnes",
    },
    Field {
        id: "length",
        declared: "kind = \"number\"\nlabel = \"Longueur\"\ndecimals = 1\nunit = \"m\"",
        wrong: &[wrong(&[("", "1,25")], "comme 12,5")],
        right: &[("", "2,5")],
        shown: "2,5 m",
        exported: "2,5 m",
    },
    Field {
        id: "cost",
        declared: "kind = \"amount\"\nlabel = \"Coût\"\nmax = 14000",
        wrong: &[
            wrong(&[("", "beaucoup")], "une somme en euros"),
            wrong(&[("", "14 000,01")], "14 000 € au plus"),
        ],
        right: &[("", "1 500,50")],
        shown: "1 500,50 €",
        exported: "1 500,50 €",
    },
    Field {
        id: "day",
        declared: "kind = \"date\"\nlabel = \"Quand ?\"\nmin = 2026-01-01\nmax = 2027-12-31",
        wrong: &[
            wrong(&[("", "31/02/2027")], "Vérifiez qu’elle existe"),
            wrong(&[("", "31/12/2025")], "avant le 01/01/2026"),
            wrong(&[("", "01/01/2028")], "après le 31/12/2027"),
        ],
        right: &[("", "4/3/2027")],
        shown: "04/03/2027",
        exported: "04/03/2027",
    },
    Field {
        id: "born",
        declared: r#"kind = "birth-date"
label = "Date de naissance"
purpose = "vérifier que vous avez l’âge"
min_age = 18
max_age = 25
on = 2026-06-15"#,
        wrong: &[
            wrong(&[("", "mars 2005")], "une date de naissance est attendue"),
            wrong(&[("", "16/06/2008")], "au moins 18 ans"),
            wrong(&[("", "15/06/2000")], "au plus 25 ans"),
        ],
        right: &[("", "15/06/2008")],
        shown: "15/06/2008",
        exported: "15/06/2008",
    },
    shown_only("kind = \"section\"\nlabel = \"Ce qui se choisit\""),
    Field {
        id: "theme",
        declared: r#"kind = "choice"
label = "Thème"
required = true
options = [{ id = "eau", label = "L’eau" }, { id = "air", label = "L’air" }]"#,
        wrong: &[wrong(NOTHING, "Choisissez parmi celles qui sont proposées")],
        right: &[("", "eau")],
        shown: "L’eau",
        exported: "L’eau",
    },
    Field {
        id: "two",
        declared: r#"kind = "choices"
label = "Avec lesquels, deux exactement ?"
min = 2
max = 2
options = [{ id = "voisins", label = "Les voisins" }, { id = "ecole", label = "L’école" }, { id = "asso", label = "Une association" }]"#,
        wrong: &[
            wrong(&[("", "asso")], "2 au moins"),
            wrong(&[("", "voisins"), ("", "ecole"), ("", "asso")], "2 au plus"),
        ],
        right: &[("", "voisins"), ("", "asso")],
        shown: "Les voisins Une association",
        exported: "Les voisins, Une association",
    },
    Field {
        id: "some",
        declared: r#"kind = "choices"
label = "Aux heures de, deux ou trois ?"
required = true
min = 2
max = 3
options = [{ id = "matin", label = "Matin" }, { id = "midi", label = "Midi" }, { id = "soir", label = "Soir" }, { id = "nuit", label = "Nuit" }]"#,
        wrong: &[
            wrong(NOTHING, "une réponse est nécessaire"),
            wrong(&[("", "midi")], "2 au moins"),
            wrong(&[("", "matin"), ("", "midi"), ("", "soir"), ("", "nuit")], "3 au plus"),
        ],
        right: &[("", "matin"), ("", "midi"), ("", "nuit")],
        shown: "Matin Midi Nuit",
        exported: "Matin, Midi, Nuit",
    },
    Field {
        id: "order",
        declared: r#"kind = "ranking"
label = "Vos priorités"
required = true
min = 2
options = [{ id = "velo", label = "Vélo" }, { id = "bus", label = "Bus" }, { id = "pied", label = "À pied" }]"#,
        wrong: &[
            wrong(NOTHING, "une réponse est nécessaire"),
            wrong(&[("velo", "1"), ("bus", "1")], "le rang 1 est donné deux fois"),
            wrong(&[("velo", "1"), ("bus", "3")], "le rang 2 n’est donné à rien"),
            wrong(&[("velo", "1")], "2 au moins"),
        ],
        right: &[("velo", "2"), ("bus", "3"), ("pied", "1")],
        shown: "À pied Vélo Bus",
        exported: "1. À pied ; 2. Vélo ; 3. Bus",
    },
    Field {
        id: "grade",
        declared: r#"kind = "grade"
label = "L’entretien"
required = true
grades = [{ id = "tresbien", label = "Très bien" }, { id = "passable", label = "Passable" }, { id = "rejeter", label = "À rejeter" }]"#,
        wrong: &[wrong(NOTHING, "Choisissez parmi celles qui sont proposées")],
        right: &[("", "passable")],
        shown: "Passable",
        exported: "Passable",
    },
    Field {
        id: "table",
        declared: r#"kind = "matrix"
label = "En détail"
required = true
rows = [{ id = "rues", label = "Rues" }, { id = "parcs", label = "Parcs" }]
columns = [{ id = "bien", label = "Bien" }, { id = "moyen", label = "Moyen" }, { id = "mal", label = "Mal" }]"#,
        wrong: &[
            wrong(NOTHING, "Choisissez parmi celles qui sont proposées"),
            Wrong { typed: &[("rues", "bien")], part: "parcs", says: "la ligne « Parcs »" },
        ],
        right: &[("rues", "bien"), ("parcs", "mal")],
        shown: "Rues : Bien Parcs : Mal",
        exported: "Rues : Bien ; Parcs : Mal",
    },
    Field {
        id: "quote",
        declared: "kind = \"yes-no\"\nlabel = \"Avez-vous un devis ?\"\nrequired = true",
        wrong: &[wrong(NOTHING, "Choisissez parmi celles qui sont proposées")],
        right: &[("", "no")],
        shown: "Non",
        exported: "Non",
    },
    shown_only("kind = \"section\"\nlabel = \"Où, et qui\""),
    Field {
        id: "plan",
        declared: r#"kind = "files"
label = "Un plan"
required = true
types = ["pdf", "jpeg"]
max_size = "2 Mo""#,
        wrong: &[
            wrong(NOTHING, "un fichier est nécessaire"),
            wrong(&[("", "texte.pdf")], "« texte.pdf » n’est pas d’un type admis ici"),
        ],
        right: &[("", "plan.pdf")],
        shown: "plan.pdf",
        exported: "plan.pdf",
    },
    Field {
        id: "home",
        declared: r#"kind = "address"
label = "Adresse"
required = true
purpose = "vous écrire""#,
        wrong: &[
            Wrong { typed: NOTHING, part: "street", says: "une réponse est nécessaire" },
            Wrong {
                typed: &[("postcode", "31000"), ("town", "Toulouse")],
                part: "street",
                says: "il manque le numéro et la rue",
            },
            Wrong {
                typed: &[("street", "2 rue du Four"), ("postcode", "31"), ("town", "Toulouse")],
                part: "postcode",
                says: "le code postal compte cinq chiffres",
            },
            Wrong {
                typed: &[("street", "2 rue du Four"), ("postcode", "31000")],
                part: "town",
                says: "il manque la ville",
            },
        ],
        right: &[("street", "2 rue du Four"), ("postcode", "31 000"), ("town", "Toulouse")],
        shown: "2 rue du Four 31000 Toulouse",
        exported: "2 rue du Four, 31000 Toulouse",
    },
    Field {
        id: "spot",
        declared: "kind = \"place\"\nlabel = \"Où est-ce ?\"",
        wrong: &[wrong(&[("", "91.5, 1.44422")], "ne désignent aucun lieu")],
        right: &[("", "43.60447, 1.44422")],
        shown: "43.60447, 1.44422",
        exported: "43.60447, 1.44422",
    },
    Field {
        id: "near",
        declared: "kind = \"place\"\nlabel = \"Près de quoi ?\"",
        wrong: &[],
        right: &[("", "12 rue des Lilas")],
        shown: "12 rue des Lilas",
        exported: "12 rue des Lilas",
    },
    Field {
        id: "town",
        declared: "kind = \"commune\"\nlabel = \"Commune\"\nrequired = true",
        wrong: &[
            wrong(NOTHING, "une réponse est nécessaire"),
            wrong(&[("", "Toulouse")], "n’est pas de ce territoire"),
        ],
        right: &[("", "saint remy")],
        shown: "Saint-Rémy",
        exported: "Saint-Rémy",
    },
    Field {
        id: "birthplace",
        declared: "kind = \"commune\"\nlabel = \"Une autre\"\nterritory = \"any\"",
        wrong: &[wrong(&[("", "315")], "ce n’est pas le nom d’une commune")],
        right: &[("", "31555")],
        shown: "31555",
        exported: "31555",
    },
    Field {
        id: "siret",
        declared: "kind = \"siret\"\nlabel = \"Siret\"\nmessage = \"Recopiez le Siret de l’avis de situation.\"",
        wrong: &[wrong(&[("", "732 829 320 00075")], "Recopiez le Siret de l’avis de situation.")],
        right: &[("", "732 829 320 00074")],
        shown: "73282932000074",
        exported: "73282932000074",
    },
    Field {
        id: "rna",
        declared: "kind = \"rna\"\nlabel = \"Numéro RNA\"",
        wrong: &[wrong(&[("", "W31300442")], "ce n’est pas un numéro d’association")],
        right: &[("", "w313004421")],
        shown: "W313004421",
        exported: "W313004421",
    },
    Field {
        id: "post",
        declared: "kind = \"email\"\nlabel = \"Courriel de l’association\"\npurpose = \"lui écrire\"\nvisibility = \"public\"",
        wrong: &[wrong(&[("", "asso@exemple")], "incomplète ou mal écrite")],
        right: &[("", "asso@exemple.fr")],
        shown: "asso@exemple.fr",
        exported: "asso@exemple.fr",
    },
    Field {
        id: "phone",
        declared: "kind = \"phone\"\nlabel = \"Téléphone\"\npurpose = \"vous rappeler\"",
        wrong: &[wrong(&[("", "3631")], "dix chiffres")],
        right: &[("", "05.61.00.12.34")],
        shown: "05 61 00 12 34",
        exported: "'+33561001234",
    },
    Field {
        id: "abroad",
        declared: "kind = \"phone\"\nlabel = \"Téléphone à l’étranger\"\npurpose = \"vous rappeler\"",
        wrong: &[wrong(&[("", "+32")], "son indicatif")],
        right: &[("", "+32 2 555 12 12")],
        shown: "+3225551212",
        exported: "'+3225551212",
    },
    Field {
        id: "rules",
        declared: "kind = \"consent\"\nlabel = \"J’ai lu le règlement\"\nrequired = true",
        wrong: &[wrong(NOTHING, "doit être cochée")],
        right: &[("", "yes")],
        shown: "Oui",
        exported: "Oui",
    },
    shown_only("kind = \"section\"\nlabel = \"Selon ce qui précède\""),
    Field {
        id: "both",
        declared: r#"kind = "text"
label = "L’eau, pour beaucoup"
required = true
when = { all = [{ field = "theme", is = "eau" }, { field = "people", at_least = 100 }] }"#,
        wrong: &[wrong(NOTHING, "une réponse est nécessaire")],
        right: &[("", "Une fontaine")],
        shown: "Une fontaine",
        exported: "Une fontaine",
    },
    Field {
        id: "either",
        declared: r#"kind = "text"
label = "L’air, ou un devis"
required = true
when = { any = [{ field = "theme", is = "air" }, { field = "quote", answered = true }] }"#,
        wrong: &[wrong(NOTHING, "une réponse est nécessaire")],
        right: &[("", "Un auvent")],
        shown: "Un auvent",
        exported: "Un auvent",
    },
    Field {
        id: "neither",
        declared: r#"kind = "text"
label = "Ni l’un ni l’autre"
required = true
when = { not = { any = [{ field = "theme", is = "eau" }, { field = "quote", is = true }] } }"#,
        wrong: &[wrong(NOTHING, "une réponse est nécessaire")],
        right: NOTHING,
        shown: "",
        exported: "",
    },
    Field {
        id: "notes",
        declared: "kind = \"text\"\nlabel = \"Notes des agents\"\nvisibility = \"hidden\"",
        wrong: &[],
        right: NOTHING,
        shown: "",
        exported: "",
    },
];

impl Field {
    /// Whether a section begins here.
    pub(crate) fn is_section(&self) -> bool {
        self.declared.starts_with("kind = \"section\"")
    }

    /// The name in HTML of a part.
    pub(crate) fn name(&self, part: &str) -> String {
        let between = if part.is_empty() { "" } else { "-" };
        format!("f-{}{between}{part}", self.id)
    }
}

/// The form as an editor writes it.
pub(crate) fn declared() -> String {
    let field = |field: &Field| {
        let id = if field.id.is_empty() { String::new() } else { format!("id = \"{}\"\n", field.id) };
        format!("[[writing.fields]]\n{id}{}\n", field.declared)
    };
    FORM.iter().map(field).collect()
}
