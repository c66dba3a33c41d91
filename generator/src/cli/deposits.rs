//! `parvis deposits` and `parvis pull`: deposits at the terminal.

use super::{MomentArguments, OPTIONS, Outcome, TEMPLATE, fail, now};
use clap::{Args, Subcommand, ValueEnum};
use domain::deposit::{CarryOver, HideReason, Move, State};
use generator::{
    Moment,
    desk::{Desk, DeskError, Filed, Reported, pull},
};
use std::{
    env,
    path::{Path, PathBuf},
};

/// Where deposits are.
#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
pub(super) struct PlaceArguments {
    /// Dossier des données de `parvis serve`, depuis la racine du site. Sans effet quand PARVIS_TABLE nomme une table
    /// DynamoDB.
    #[arg(long, value_name = "DOSSIER", default_value = ".parvis", hide_default_value = true, global = true)]
    data: PathBuf,

    #[command(flatten)]
    moment: MomentArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum Deposits {
    /// Les dépôts, du plus ancien au plus récent.
    #[command(help_template = TEMPLATE)]
    List {
        /// Identifiant de la démarche : le nom de son dossier. Toutes par défaut.
        #[arg(value_name = "DÉMARCHE")]
        process: Option<String>,

        /// Seulement ceux de cet état : submitted, under-review, to-revise, admissible, published…
        #[arg(long, value_name = "ÉTAT")]
        state: Option<String>,

        /// text, ou json.
        #[arg(long, default_value = "text", hide_default_value = true, hide_possible_values = true)]
        format: super::Format,
    },

    /// Ce que des lecteurs ont signalé de textes publiés, du plus ancien au plus récent.
    #[command(help_template = TEMPLATE)]
    Reports {
        /// Identifiant de la démarche : le nom de son dossier. Toutes par défaut.
        #[arg(value_name = "DÉMARCHE")]
        process: Option<String>,
    },

    /// Un dépôt en entier, réponses privées comprises, et ce qui lui est arrivé.
    #[command(help_template = TEMPLATE)]
    Show {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,
    },

    /// Copie les fichiers joints à un dépôt, privés compris, dans un dossier.
    ///
    /// Ils viennent de citoyens : ouvrez-les comme les pièces jointes d’un courriel.
    #[command(help_template = TEMPLATE)]
    Files {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        /// Le dossier, fait s’il n’existe pas.
        #[arg(long, value_name = "DOSSIER")]
        to: PathBuf,
    },

    /// Commence l’examen d’un dépôt, le déclare recevable ou non, le publie.
    ///
    /// L’auteur est averti par courriel à chaque fois.
    #[command(help_template = TEMPLATE)]
    Decide {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        /// take (commencer l’examen), admissible, inadmissible, publish.
        #[arg(value_name = "DÉCISION", hide_possible_values = true)]
        decision: Decision,

        /// La raison, publiée ; obligatoire pour « inadmissible ».
        #[arg(long, value_name = "TEXTE", default_value = "")]
        reason: String,

        #[command(flatten)]
        agent: AgentArguments,
    },

    /// Demande à l’auteur de revoir son dépôt.
    #[command(help_template = TEMPLATE)]
    Revise {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        /// Jusqu’à quand il peut le faire.
        #[arg(long, value_name = "MOMENT")]
        until: Moment,

        /// Ce qui est demandé.
        #[arg(long, value_name = "TEXTE")]
        request: String,

        #[command(flatten)]
        agent: AgentArguments,
    },

    /// Fond un dépôt dans un autre.
    #[command(help_template = TEMPLATE)]
    Merge {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        /// Référence de celui dans lequel il continue.
        #[arg(long, value_name = "RÉFÉRENCE")]
        into: String,

        /// Ce que deviennent ses soutiens : stay (ils restent à son texte), ask (les personnes sont invitées à
        /// soutenir l’autre).
        #[arg(long, value_name = "RÈGLE", default_value = "stay", hide_possible_values = true)]
        supports: Supports,

        #[command(flatten)]
        agent: AgentArguments,
    },

    /// Retire un dépôt du site. Sa page disparaît au prochain `parvis pull`.
    #[command(help_template = TEMPLATE)]
    Hide {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        /// Pourquoi : unlawful, private-life, spam, off-topic, copyright, erasure.
        #[arg(long, value_name = "RAISON", value_parser = reason)]
        reason: HideReason,

        #[command(flatten)]
        agent: AgentArguments,
    },

    /// Tout ce qui a été écrit dans une démarche, en CSV, pour les agents.
    ///
    /// Sans ce qui dit qui a écrit, sauf avec --contacts. Rien de tout cela n’est à publier.
    #[command(help_template = TEMPLATE)]
    Export {
        /// Identifiant de la démarche : le nom de son dossier.
        #[arg(value_name = "DÉMARCHE")]
        process: String,

        /// Avec les adresses électroniques et les champs de données personnelles.
        #[arg(long)]
        contacts: bool,
    },

    /// Remet sur le site un dépôt retiré.
    #[command(help_template = TEMPLATE)]
    Restore {
        /// Référence du dépôt.
        #[arg(value_name = "RÉFÉRENCE")]
        reference: String,

        #[command(flatten)]
        agent: AgentArguments,
    },
}

#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
pub(super) struct AgentArguments {
    /// Qui le fait, pour l’historique ; le nom de la session par défaut. Il n’est pas publié.
    #[arg(long = "by", value_name = "NOM")]
    name: Option<String>,
}

impl AgentArguments {
    fn name(&self) -> String {
        let session = || env::var("USER").ok().filter(|name| !name.is_empty());
        self.name.clone().or_else(session).unwrap_or_else(|| "agent".to_owned())
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Decision {
    Take,
    Admissible,
    Inadmissible,
    Publish,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Supports {
    Stay,
    Ask,
}

fn reason(typed: &str) -> Result<HideReason, String> {
    let found = HideReason::ALL.iter().find(|(name, _)| *name == typed).map(|(_, reason)| *reason);
    found.ok_or_else(|| {
        let known: Vec<&str> = HideReason::ALL.iter().map(|(name, _)| *name).collect();
        format!("une des raisons : {}", known.join(", "))
    })
}

/// `parvis deposits`
pub(super) fn run(root: &Path, place: &PlaceArguments, command: &Deposits) -> Outcome {
    at_the_desk(root, place, async |desk| match command {
        Deposits::List { process, state, format } => {
            list(&desk, process.as_deref(), state.as_deref(), *format).await
        }
        Deposits::Reports { process } => reports(&desk, process.as_deref()).await,
        Deposits::Show { reference } => {
            print(&desk, &desk.find(reference).await?);
            Ok(())
        }
        Deposits::Files { reference, to } => {
            let copies = desk.copy_files(&desk.find(reference).await?, to).await?;
            if copies.is_empty() {
                println!("Aucun fichier.");
            }
            for path in copies {
                println!("écrit : {}", path.display());
            }
            Ok(())
        }
        Deposits::Decide { reference, decision, reason, agent } => {
            if !reason.is_empty() && !matches!(decision, Decision::Inadmissible) {
                let help = "--reason ne va qu’avec « inadmissible » : retirez-le, ou écrivez à l’auteur.";
                return Err(DeskError::NotAllowed(help.to_owned()));
            }
            let did = match decision {
                Decision::Take => Move::Take,
                Decision::Admissible => Move::Admit,
                Decision::Inadmissible => Move::Refuse { reason: reason.clone() },
                Decision::Publish => Move::Publish,
            };
            make(&desk, reference, did, agent).await
        }
        Deposits::Revise { reference, until, request, agent } => {
            let until = generator::instant(root, *until).map_err(|error| DeskError::Site(error.into()))?;
            make(&desk, reference, Move::AskRevision { until, request: request.clone() }, agent).await
        }
        Deposits::Merge { reference, into, supports, agent } => {
            let into = desk.find(into).await?.stored.id;
            let supports = match supports {
                Supports::Stay => CarryOver::Stay,
                Supports::Ask => CarryOver::Ask,
            };
            make(&desk, reference, Move::Merge { into, supports }, agent).await
        }
        Deposits::Hide { reference, reason, agent } => {
            make(&desk, reference, Move::Hide { reason: *reason }, agent).await
        }
        Deposits::Export { process, contacts } => {
            print!("{}", desk.export(process, *contacts).await?);
            Ok(())
        }
        Deposits::Restore { reference, agent } => make(&desk, reference, Move::Restore, agent).await,
    })
}

/// `parvis pull`
pub(super) fn pull(root: &Path, place: &PlaceArguments) -> Outcome {
    at_the_desk(root, place, async |desk| {
        let pulled = pull::pull(&desk, root).await?;
        for path in &pulled.written {
            println!("écrit : {}", path.display());
        }
        for path in &pulled.removed {
            println!("retiré : {}", path.display());
        }
        for path in &pulled.conflicts {
            let beside = path.with_file_name(".conflict.md");
            println!(
                "à reprendre : {} — l’auteur et vous avez changé les mêmes lignes. Votre texte est gardé ; les deux sont \
                 dans {}. Corrigez, puis supprimez ce fichier.",
                path.display(),
                beside.display()
            );
        }
        if pulled == pull::Pulled::default() {
            println!("Rien de nouveau.");
        }
        Ok(())
    })
}

fn at_the_desk(
    root: &Path,
    place: &PlaceArguments,
    work: impl AsyncFnOnce(Desk) -> Result<(), DeskError>,
) -> Outcome {
    let now = now(root, &place.moment).map_err(|error| fail(&error))?;
    let desk = Desk::open(root, &root.join(&place.data), now).map_err(|error| fail(&error))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| fail(&error))?;
    runtime.block_on(work(desk)).map_err(|error| fail(&error))
}

async fn list(
    desk: &Desk,
    process: Option<&str>,
    state: Option<&str>,
    format: super::Format,
) -> Result<(), DeskError> {
    let mut all = desk.list(process).await?;
    all.retain(|filed| state.is_none_or(|wanted| filed.stored.deposit.state.name() == wanted));
    if format == super::Format::Json {
        let lines = all.iter().map(|filed| {
            serde_json::json!({
                "process": filed.process,
                "id": filed.stored.id,
                "reference": filed.stored.deposit.reference,
                "state": filed.stored.deposit.state.name(),
                "title": desk.title(filed),
                "at": filed.stored.deposit.at,
            })
        });
        println!("{}", serde_json::Value::from_iter(lines));
        return Ok(());
    }
    if all.is_empty() {
        println!("Aucun dépôt.");
    }
    for filed in &all {
        println!(
            "{}  {}  {:<12}  {}  {}",
            filed.stored.deposit.reference,
            desk.day(filed.stored.deposit.at),
            desk.state(&filed.stored.deposit.state),
            filed.process,
            desk.title(filed),
        );
    }
    Ok(())
}

async fn reports(desk: &Desk, process: Option<&str>) -> Result<(), DeskError> {
    let all = desk.reports(process).await?;
    if all.is_empty() {
        println!("Aucun signalement.");
    }
    for Reported { url, report } in &all {
        println!("{}  {}\n    {}", desk.day(report.at), url, desk.hide_reason(report.reason));
        if !report.text.is_empty() {
            println!("    « {} »", report.text.replace('\n', "\n      "));
        }
    }
    Ok(())
}

fn print(desk: &Desk, filed: &Filed) {
    let deposit = &filed.stored.deposit;
    println!("{} — {}", deposit.reference, desk.title(filed));
    println!("démarche : {}", filed.process);
    println!("état : {}", desk.state(&deposit.state));
    if let State::ToRevise { until, request } = &deposit.state {
        println!("à revoir jusqu’au {} : {request}", desk.day(*until));
    }
    match &deposit.author {
        Some(author) => println!("auteur : {} <{}>", author.public_name, author.email),
        None => println!("auteur : personne n’a été demandé"),
    }
    println!("texte n° {}", deposit.revision);
    for (label, answer) in desk.answers(filed) {
        println!("\n{label}\n    {}", answer.replace('\n', "\n    "));
    }
    for (file, place) in desk.files(filed) {
        println!("\n{}\n    {}, {} octets : {place}", file.label, file.name, file.attachment.size);
    }
    println!();
    for line in desk.history(filed) {
        println!("{line}");
    }
}

async fn make(desk: &Desk, reference: &str, did: Move, agent: &AgentArguments) -> Result<(), DeskError> {
    let filed = desk.find(reference).await?;
    let done = desk.make(&filed, did, &agent.name()).await?;
    let deposit = &done.filed.stored.deposit;
    println!("{} : {}.", deposit.reference, desk.state(&deposit.state));
    if let Some(mail) = done.unsent {
        println!(
            "\nPARVIS_SMTP ne nomme aucun serveur de courriels : voici ce que l’auteur aurait reçu.\n\nObjet : {}\n\n{}",
            mail.subject, mail.body
        );
    }
    Ok(())
}
