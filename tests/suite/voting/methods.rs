//! Every method of voting, walked in a browser from the empty ballot to the box: what was given there is what is counted.

use crate::site::{browser, check_html, run};
use domain::{
    ballot::{Answer, Ballot},
    voting::{BallotBox, Outcome, Published},
};
use serde::Serialize;
use std::fs;
use tempfile::TempDir;
use tests::place::{Served, eventually, pages, read, small_site};

/// While people vote, and once they have.
const OPEN: &str = "2026-11-21";
const CLOSED: &str = "2026-12-02";

/// Names of inputs, and what is given in each.
type Given = &'static [(&'static str, &'static str)];

/// A vote, and what is done there.
#[derive(Serialize)]
struct Vote {
    /// The folder of its process.
    process: &'static str,
    title: &'static str,
    /// The table `[voting]`, after its window.
    #[serde(skip)]
    rules: &'static str,
    /// Deposits that are voted on: folder, title and cost.
    #[serde(skip)]
    projects: &'static [(&'static str, &'static str, &'static str)],
    /// What is refused, one after the other.
    wrong: &'static [Wrong],
    /// What is cast by everybody, and what most replace it by.
    first: Filled,
    second: Filled,
}

/// What is refused.
#[derive(Serialize)]
struct Wrong {
    given: Given,
    /// The fields at fault, and what is said of each.
    says: &'static [(&'static str, &'static [&'static str])],
    /// What the basket says, with JavaScript.
    basket: Option<&'static str>,
    /// Whether the script of the page lets nobody give that.
    is_prevented: bool,
}

/// A ballot.
#[derive(Serialize)]
struct Filled {
    given: Given,
    basket: Option<&'static str>,
    /// What is read of each thing that it names.
    reviewed: &'static [&'static [&'static str]],
    /// What is read of what was spent.
    left: Option<&'static [&'static str]>,
    /// What lies in the box.
    #[serde(skip)]
    ballot: fn() -> Ballot,
}

const EMPTY: Wrong = Wrong { given: &[], says: &[("choice", &["vide"])], basket: None, is_prevented: false };

fn votes() -> [Vote; 7] {
    [approval(), points(), ranking(), grades(), knapsack(), one(), question()]
}

fn ticked(ids: &[&str]) -> Ballot {
    Ballot::Approval(ids.iter().map(|&id| id.to_owned()).collect())
}

fn shared_out(points: &[(&str, u32)]) -> Ballot {
    Ballot::Points(points.iter().map(|&(id, points)| (id.to_owned(), points)).collect())
}

fn ranked(ids: &[&str]) -> Ballot {
    Ballot::Ranking(ids.iter().map(|&id| id.to_owned()).collect())
}

fn graded(grades: &[(&str, &str)]) -> Ballot {
    Ballot::Grades(grades.iter().map(|&(id, grade)| (id.to_owned(), grade.to_owned())).collect())
}

fn approval() -> Vote {
    Vote {
        process: "fetes-de-quartier",
        title: "Les fêtes de quartier de l’été",
        rules: r#"method = "approval"
most = 2
blank = true
by = "score"
ties = ["lot"]
[[voting.choices]]
id = "bal"
title = "Un bal populaire sur les quais"
text = "Un soir de juillet, avec les musiciens de l’harmonie."
[[voting.choices]]
id = "cinema"
title = "Un cinéma en plein air"
text = "Trois séances au stade des Tilleuls."
[[voting.choices]]
id = "vide-grenier"
title = "Un vide-grenier dans les rues du centre"
[[voting.choices]]
id = "tablee"
title = "Une grande tablée place de l’Église"
"#,
        projects: &[],
        wrong: &[
            EMPTY,
            Wrong {
                given: &[("choice", "bal"), ("choice", "cinema"), ("choice", "tablee")],
                says: &[("choice", &["3", "2 au plus", "Retirez"])],
                basket: Some("Choisis : 3 · 1 de trop"),
                is_prevented: false,
            },
            Wrong {
                given: &[("choice", "bal"), ("blank", "yes")],
                says: &[("choice", &["vote blanc", "Gardez"])],
                basket: None,
                is_prevented: true,
            },
        ],
        first: Filled {
            given: &[("choice", "bal")],
            basket: Some("Choisis : 1 · reste 1"),
            reviewed: &[&["Un bal populaire sur les quais"]],
            left: Some(&["1", "1"]),
            ballot: || ticked(&["bal"]),
        },
        second: Filled {
            given: &[("choice", "cinema"), ("choice", "tablee")],
            basket: Some("Choisis : 2 · reste 0"),
            reviewed: &[&["Un cinéma en plein air"], &["Une grande tablée place de l’Église"]],
            left: Some(&["2", "0"]),
            ballot: || ticked(&["cinema", "tablee"]),
        },
    }
}

fn points() -> Vote {
    Vote {
        process: "cours-d-ecole",
        title: "Budget participatif des écoles",
        rules: r#"method = "points"
total = 10
per_project = 4
ties = ["min-cost", "lot"]
[[voting.envelopes]]
id = "ecoles"
title = "Les cours d’école"
amount = 45000
"#,
        projects: &[
            ("cabane-a-livres", "Une cabane à livres devant l’école Jules-Ferry", "1850"),
            ("marelles", "Des marelles et un terrain de billes", "3200"),
            ("potager", "Un potager dans la cour des Tilleuls", "6400"),
            ("preau", "Un préau pour l’école du Bourg", "38000"),
        ],
        wrong: &[
            EMPTY,
            Wrong {
                given: &[("choice.preau", "5"), ("choice.potager", "deux")],
                says: &[
                    ("choice.potager", &["Un potager dans la cour des Tilleuls", "en chiffres", "Corrigez"]),
                    ("choice.preau", &["Un préau pour l’école du Bourg", "5 points", "4 au plus"]),
                ],
                basket: Some("Points donnés : 5 · reste 5"),
                is_prevented: false,
            },
            Wrong {
                given: &[("choice.preau", "4"), ("choice.potager", "4"), ("choice.marelles", "3")],
                says: &[("choice", &["11 points", "10", "Enlevez"])],
                basket: Some("Points de trop : 1"),
                is_prevented: false,
            },
        ],
        first: Filled {
            given: &[("choice.preau", "4"), ("choice.potager", "3")],
            basket: Some("Points donnés : 7 · reste 3"),
            reviewed: &[
                &["Un préau pour l’école du Bourg", "4"],
                &["Un potager dans la cour des Tilleuls", "3"],
            ],
            left: Some(&["7", "3"]),
            ballot: || shared_out(&[("preau", 4), ("potager", 3)]),
        },
        second: Filled {
            given: &[("choice.marelles", "4"), ("choice.cabane-a-livres", "4"), ("choice.potager", "2")],
            basket: Some("Points donnés : 10 · reste 0"),
            reviewed: &[
                &["Des marelles et un terrain de billes", "4"],
                &["Une cabane à livres devant l’école Jules-Ferry", "4"],
                &["Un potager dans la cour des Tilleuls", "2"],
            ],
            left: Some(&["10", "0"]),
            ballot: || shared_out(&[("marelles", 4), ("cabane-a-livres", 4), ("potager", 2)]),
        },
    }
}

fn ranking() -> Vote {
    Vote {
        process: "nom-de-la-mediatheque",
        title: "Quel nom pour la médiathèque ?",
        rules: r#"method = "ranking"
least = 2
by = "schulze"
ties = ["lot"]
[[voting.choices]]
id = "alice-milliat"
title = "Médiathèque Alice-Milliat"
text = "Nageuse et rameuse, elle a ouvert les Jeux olympiques aux femmes."
[[voting.choices]]
id = "george-sand"
title = "Médiathèque George-Sand"
text = "Romancière ; elle a passé un été dans la vallée."
[[voting.choices]]
id = "lanterne"
title = "La Lanterne"
text = "Pour la verrière, allumée le soir."
[[voting.choices]]
id = "tanneries"
title = "Médiathèque des Tanneries"
text = "Le nom du lieu, depuis 1840."
"#,
        projects: &[],
        wrong: &[
            EMPTY,
            Wrong {
                given: &[("choice.lanterne", "1")],
                says: &[("choice", &["au moins 2", "Ajoutez"])],
                basket: None,
                is_prevented: false,
            },
            Wrong {
                given: &[("choice.lanterne", "1"), ("choice.tanneries", "3")],
                says: &[("choice", &["Le rang 2", "sans en sauter"])],
                basket: None,
                is_prevented: false,
            },
            Wrong {
                given: &[("choice.lanterne", "1"), ("choice.tanneries", "2"), ("choice.george-sand", "2")],
                says: &[(
                    "choice.*",
                    &["Médiathèque des Tanneries", "Médiathèque George-Sand", "2", "différent"],
                )],
                basket: None,
                is_prevented: true,
            },
        ],
        first: Filled {
            given: &[("choice.lanterne", "1"), ("choice.alice-milliat", "2")],
            basket: None,
            reviewed: &[&["La Lanterne", "1"], &["Médiathèque Alice-Milliat", "2"]],
            left: None,
            ballot: || ranked(&["lanterne", "alice-milliat"]),
        },
        second: Filled {
            given: &[
                ("choice.tanneries", "3"),
                ("choice.alice-milliat", "1"),
                ("choice.george-sand", "4"),
                ("choice.lanterne", "2"),
            ],
            basket: None,
            reviewed: &[
                &["Médiathèque Alice-Milliat", "1"],
                &["La Lanterne", "2"],
                &["Médiathèque des Tanneries", "3"],
                &["Médiathèque George-Sand", "4"],
            ],
            left: None,
            ballot: || ranked(&["alice-milliat", "lanterne", "tanneries", "george-sand"]),
        },
    }
}

fn grades() -> Vote {
    Vote {
        process: "place-du-marche",
        title: "Quel visage pour la place du Marché ?",
        rules: r#"method = "grades"
missing = "refuse"
by = "majority-judgment"
ties = ["lot"]
[[voting.choices]]
id = "jardin"
title = "Un jardin et des bancs"
text = "Trente arbres, et plus aucune place de stationnement."
[[voting.choices]]
id = "halle"
title = "Une halle couverte"
text = "Le marché au sec ; douze places de stationnement gardées."
[[voting.choices]]
id = "parking"
title = "La place comme elle est"
text = "Le revêtement seul est refait."
[[voting.grades]]
id = "tres-bien"
label = "Très bien"
[[voting.grades]]
id = "bien"
label = "Bien"
[[voting.grades]]
id = "passable"
label = "Passable"
[[voting.grades]]
id = "insuffisant"
label = "Insuffisant"
[[voting.grades]]
id = "a-rejeter"
label = "À rejeter"
"#,
        projects: &[],
        wrong: &[
            EMPTY,
            Wrong {
                given: &[("choice.jardin", "tres-bien")],
                says: &[
                    ("choice.halle", &["Une halle couverte", "manque", "Donnez"]),
                    ("choice.parking", &["La place comme elle est", "manque", "Donnez"]),
                ],
                basket: None,
                is_prevented: false,
            },
        ],
        first: Filled {
            given: &[
                ("choice.jardin", "tres-bien"),
                ("choice.halle", "bien"),
                ("choice.parking", "a-rejeter"),
            ],
            basket: None,
            reviewed: &[
                &["Un jardin et des bancs", "Très bien"],
                &["Une halle couverte", "Bien"],
                &["La place comme elle est", "À rejeter"],
            ],
            left: None,
            ballot: || graded(&[("jardin", "tres-bien"), ("halle", "bien"), ("parking", "a-rejeter")]),
        },
        second: Filled {
            given: &[
                ("choice.jardin", "passable"),
                ("choice.halle", "bien"),
                ("choice.parking", "insuffisant"),
            ],
            basket: None,
            reviewed: &[
                &["Un jardin et des bancs", "Passable"],
                &["Une halle couverte", "Bien"],
                &["La place comme elle est", "Insuffisant"],
            ],
            left: None,
            ballot: || graded(&[("jardin", "passable"), ("halle", "bien"), ("parking", "insuffisant")]),
        },
    }
}

fn knapsack() -> Vote {
    Vote {
        process: "budget-participatif",
        title: "Budget participatif de Valgarenne",
        rules: r#"method = "knapsack"
blank = true
ties = ["min-cost", "lot"]
[[voting.envelopes]]
id = "ville"
title = "Toute la ville"
amount = 60000
"#,
        projects: &[
            ("abri-a-velos", "Un abri à vélos devant la gare", "24500.50"),
            ("fontaine", "Une fontaine à eau au stade", "4800"),
            ("jeux", "Des jeux pour les petits, square Bellevue", "32000"),
            ("sentier", "Un sentier le long de la rivière", "18200"),
        ],
        wrong: &[
            EMPTY,
            Wrong {
                given: &[("choice", "abri-a-velos"), ("choice", "jeux"), ("choice", "fontaine")],
                says: &[("choice", &["61 300,50 €", "1 300,50 €", "60 000 €", "Retirez"])],
                basket: Some("Choisis : 3 · 1 300,50 € de trop"),
                is_prevented: false,
            },
            Wrong {
                given: &[("choice", "jeux"), ("blank", "yes")],
                says: &[("choice", &["vote blanc", "Gardez"])],
                basket: None,
                is_prevented: true,
            },
        ],
        first: Filled {
            given: &[("choice", "abri-a-velos"), ("choice", "jeux")],
            basket: Some("Choisis : 2 · reste 3 499,50 €"),
            reviewed: &[&["Un abri à vélos devant la gare"], &["Des jeux pour les petits, square Bellevue"]],
            left: Some(&["56 500,50 €", "3 499,50 €"]),
            ballot: || ticked(&["abri-a-velos", "jeux"]),
        },
        second: Filled {
            given: &[("choice", "sentier"), ("choice", "fontaine"), ("choice", "jeux")],
            basket: Some("Choisis : 3 · reste 5 000 €"),
            reviewed: &[
                &["Un sentier le long de la rivière"],
                &["Une fontaine à eau au stade"],
                &["Des jeux pour les petits, square Bellevue"],
            ],
            left: Some(&["55 000 €", "5 000 €"]),
            ballot: || ticked(&["sentier", "fontaine", "jeux"]),
        },
    }
}

fn one() -> Vote {
    Vote {
        process: "second-marche",
        title: "Quel jour pour le second marché ?",
        rules: r#"method = "one"
blank = true
by = "score"
ties = ["lot"]
[[voting.choices]]
id = "mardi"
title = "Le mardi matin"
[[voting.choices]]
id = "vendredi"
title = "Le vendredi soir"
text = "De 16 h à 20 h."
[[voting.choices]]
id = "dimanche"
title = "Le dimanche matin"
"#,
        projects: &[],
        wrong: &[EMPTY],
        first: Filled {
            given: &[("choice", "vendredi")],
            basket: None,
            reviewed: &[&["Le vendredi soir"]],
            left: None,
            ballot: || Ballot::One("vendredi".to_owned()),
        },
        second: Filled {
            given: &[("choice", "dimanche")],
            basket: None,
            reviewed: &[&["Le dimanche matin"]],
            left: None,
            ballot: || Ballot::One("dimanche".to_owned()),
        },
    }
}

fn question() -> Vote {
    Vote {
        process: "eclairage-public",
        title: "L’éclairage public la nuit",
        rules: r#"question = "Faut-il éteindre les lampadaires de minuit à cinq heures ?"
method = "yes-no"
blank = true
"#,
        projects: &[],
        wrong: &[EMPTY],
        first: Filled {
            given: &[("choice", "no")],
            basket: None,
            reviewed: &[&["Faut-il éteindre les lampadaires de minuit à cinq heures ?", "Non"]],
            left: None,
            ballot: || Ballot::YesNo(Answer::No),
        },
        second: Filled {
            given: &[("choice", "")],
            basket: None,
            reviewed: &[],
            left: None,
            ballot: || Ballot::Blank,
        },
    }
}

/// A small town that votes by every method.
fn site(votes: &[Vote]) -> TempDir {
    let mut files = Vec::new();
    for Vote { process, title, rules, projects, .. } in votes {
        let kind = if projects.is_empty() { "votation" } else { "budget" };
        let page = format!(
            "+++\nkind = \"{kind}\"\ntitle = \"{title}\"\ndescription = \"Jusqu’au 30 novembre, à vous de choisir.\"\n\
             opens = 2026-01-10\ncloses = 2027-01-10\n[voting]\nopens = 2026-11-01\ncloses = 2026-12-01\n\
             minimum_age = 16\ncommunes = \"any\"\n{rules}+++\n\nLe conseil municipal suivra votre choix.\n"
        );
        files.push((format!("{process}/_index.md"), page));
        for (id, title, cost) in *projects {
            let page = format!(
                "+++\nkind = \"deposit\"\ntitle = \"{title}\"\ndate = 2026-03-02\ndescription = \"Proposé par des habitants.\"\n\
                 author = \"Les parents d’élèves\"\ncost = {cost}\n[decision]\nstate = \"admissible\"\ndate = 2026-06-01\n\
                 by = \"Les services de la ville\"\n+++\n\nNous en parlons depuis deux ans.\n"
            );
            files.push((format!("{process}/{id}/index.md"), page));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, page)| (path.as_str(), page.as_str())).collect();
    small_site(&files)
}

#[tokio::test(flavor = "multi_thread")]
async fn by_every_method_what_is_given_in_a_browser_is_refused_or_read_again_cast_replaced_and_counted() {
    let votes = votes();
    let site = site(&votes);
    let (data, answers) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let given = data.path().join("votes.json");
    fs::write(&given, serde_json::to_vec(&votes).unwrap()).unwrap();
    let served = Served::start_site(site.path(), data.path(), &["--at", OPEN]).await;
    run(browser("methods.mjs").arg(&served.base).arg(&given).arg("--save").arg(answers.path()));
    assert!(!pages(answers.path()).is_empty());
    check_html(&[answers.path().to_owned()]);
    drop(served);

    let served = Served::start_site(site.path(), data.path(), &["--at", CLOSED]).await;
    let minutes = |vote: &Vote| data.path().join(format!("site/public/data/{}.minutes.json", vote.process));
    eventually("all minutes", || async { votes.iter().all(|vote| minutes(vote).exists()).then_some(()) })
        .await;
    drop(served);
    for Vote { process, first, second, .. } in &votes {
        let file = |what: &str| read(data.path(), &format!("site/public/data/{process}.{what}.json"));
        let ballots: BallotBox = serde_json::from_str(&file("ballots")).unwrap();
        let mut found: Vec<Ballot> = ballots.ballots.into_iter().map(|slot| slot.ballot).collect();
        // With JavaScript and without, the first ballot was replaced; at 320 px and by keyboard it was not.
        let mut expected: Vec<Ballot> = [second, second, first, first].map(|filled| (filled.ballot)()).into();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{process}");
        let minutes: Published = serde_json::from_str(&file("minutes")).unwrap();
        assert_eq!((minutes.voters, minutes.ballots), (4, 4), "{process}");
        assert!(!matches!(minutes.outcome, Outcome::Undecided(_)), "{process}: {minutes:?}");
    }
}
