//! The command line, in the language of those who type it.

mod deposits;
mod export;
mod given;
mod minutes;
mod progress;
mod tally;

use clap::{Args, Parser, Subcommand, ValueEnum};
use generator::{
    Build, BuildError, Checks, Diagnostics, Moment, Preset, Site,
    serve::{self, Options},
};
use jiff::Timestamp;
use progress::Progress;
use std::{
    env,
    error::Error,
    io::{self, IsTerminal, Write},
    path::{Component, Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

const TEMPLATE: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}";

// clap writes the colon, French the space before it.
const OPTIONS: &str = "Options\u{a0}";
const COMMANDS: &str = "Commandes\u{a0}";
const ARGUMENTS: &str = "À donner\u{a0}";

const EXAMPLES: &str = "\
Exemples :
  parvis init mon-site                            créer un site neuf, à compléter
  parvis serve                                    ouvrir le site sur http://127.0.0.1:8080/
  parvis check                                    relire tout le contenu
  parvis build --at 2027-01-01                    construire le site tel qu’il sera ce jour-là
  parvis new process petition garennes/ma-petition

Code de sortie : 0 si tout va bien, 1 s’il y a des erreurs, 2 si la commande est mal écrite.
Le format du contenu est décrit dans docs/guide.md.";

/// Parvis : la participation citoyenne d’une collectivité, du Markdown au site.
#[derive(Debug, Parser)]
#[command(
    name = "parvis",
    version,
    help_template = TEMPLATE,
    after_help = EXAMPLES,
    subcommand_help_heading = COMMANDS,
    subcommand_value_name = "COMMANDE",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    next_help_heading = OPTIONS
)]
pub(crate) struct Cli {
    /// Racine du site : le dossier où se trouve site.toml.
    #[arg(long, value_name = "DOSSIER", default_value = ".", global = true, hide_default_value = true)]
    root: PathBuf,

    /// Affiche cette aide.
    #[arg(short, long, global = true, action = clap::ArgAction::Help)]
    help: Option<bool>,

    /// Affiche la version.
    #[arg(short = 'V', long, action = clap::ArgAction::Version)]
    version: Option<bool>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Crée un site neuf, à compléter.
    ///
    /// Écrit site.toml avec tous ses réglages, une collectivité, une démarche, une actualité, un rendez-vous : de quoi
    /// ouvrir le site tout de suite et remplacer les textes. Refuse un dossier où il y a déjà un site.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis init mon-site
  parvis init                                     dans le dossier courant")]
    Init {
        /// Dossier du site, créé s’il le faut ; le dossier courant par défaut.
        #[arg(value_name = "DOSSIER", default_value = ".", hide_default_value = true, help_heading = ARGUMENTS)]
        folder: PathBuf,
    },

    /// Construit le site : pages, règle du jeu, réponses des fonctions.
    ///
    /// N’écrit que ce qui a changé, retire ce qui n’a plus lieu d’être, et ne touche jamais à data/, qui est au
    /// registre. La règle du jeu (rulebook.json) et les pages des fonctions (answers/) vont à côté du dossier du site.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis build
  parvis build --output /srv/parvis/public
  parvis build --at 2026-11-21T09:00              tel qu’il sera à ce moment")]
    Build(BuildArguments),

    /// Relit tout le contenu, le thème et les pages faites, sans rien écrire.
    ///
    /// Toutes les erreurs de tous les fichiers sont données en une fois, rangées par fichier. Les pages sont lues telles
    /// que le public les recevra : leurs liens et leurs ancres, leurs images, leurs titres, leur poids.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis check
  parvis check --budget --external                avant d’ouvrir au public
  parvis check --format json                      pour un éditeur ou l’intégration continue")]
    Check(CheckArguments),

    /// Crée le squelette d’une démarche.
    #[command(help_template = TEMPLATE, subcommand_value_name = "QUOI", subcommand_help_heading = COMMANDS)]
    New {
        #[command(subcommand)]
        what: New,
    },

    /// Examine ce que les habitants ont déposé.
    ///
    /// Sur la base de `parvis serve`, ou sur la table DynamoDB que nomme PARVIS_TABLE. Les courriels aux auteurs partent
    /// par le serveur de PARVIS_SMTP.
    #[command(help_template = TEMPLATE, subcommand_value_name = "QUOI", subcommand_help_heading = COMMANDS, after_help = "\
Exemples :
  parvis deposits list --state submitted
  parvis deposits show ABCD-EFGH
  parvis deposits decide ABCD-EFGH admissible --by \"Comité de recevabilité\"
  parvis deposits decide ABCD-EFGH publish
  parvis deposits revise ABCD-EFGH --until 2026-12-15 --request \"Précisez le lieu.\"")]
    Deposits {
        #[command(flatten)]
        place: deposits::PlaceArguments,

        #[command(subcommand)]
        command: deposits::Deposits,
    },

    /// Écrit dans content/ les dépôts publiés, comme des pages à relire et à valider.
    ///
    /// Deux fois de suite, il ne change rien. Ce qu’un éditeur a corrigé n’est jamais écrasé.
    #[command(help_template = TEMPLATE)]
    Pull(deposits::PlaceArguments),

    /// Ouvre le site sur cette machine, fonctions comprises, et le reconstruit à chaque modification.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis serve
  parvis serve --port 9000 --data /tmp/essai      un essai, à part
  parvis serve --drafts                           relire ce qui n’est pas encore publié
  parvis serve --at 2029-06-19T23:59              l’horloge part de ce moment, et tourne")]
    Serve(ServeArguments),

    /// Dépouille un vote, publié par un site ou au format de Pabulib, et en dresse le procès-verbal.
    ///
    /// Les scores sont comptés sur les bulletins, jamais repris du fichier. Une égalité que le départage ne tranche pas est
    /// une erreur.
    ///
    /// En JSON : rule (la règle), ties, currency, budget, spent, ballots, winners (les élus, dans l’ordre de leur élection),
    /// projects (de chacun id, name, cost, score, voters, reason en un mot et explanation en clair), notices (ce qu’il faut
    /// savoir du fichier), et minutes, le procès-verbal entier. Coûts et montants sont dans l’unité de la monnaie, mais dans
    /// minutes en centimes.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis tally public/data/budget-2026.ballots.json
  parvis tally vote.pb
  parvis tally - < vote.pb
  parvis tally vote.pb --rule equalshares/add1 --format markdown
  parvis tally vote.pb --ties min-cost,lot --format json")]
    Tally(tally::TallyArguments),

    /// Écrit un vote publié dans un format que d’autres logiciels lisent.
    #[command(help_template = TEMPLATE, after_help = "\
Exemple :
  parvis export --pb public/data/budget-2026.ballots.json > budget-2026.pb")]
    Export(export::ExportArguments),
}

#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
struct BuildArguments {
    /// Dossier du site construit, depuis la racine du site.
    #[arg(long, value_name = "DOSSIER", default_value = "public", hide_default_value = true)]
    output: PathBuf,

    /// Avec les brouillons, et ce qui est daté de plus tard.
    #[arg(long)]
    drafts: bool,

    #[command(flatten)]
    moment: MomentArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
struct CheckArguments {
    /// Comment dire ce qui ne va pas : text, ou json.
    #[arg(long, default_value = "text", hide_default_value = true, hide_possible_values = true)]
    format: Format,

    /// Une page trop lourde est une erreur, et non un avertissement.
    #[arg(long)]
    budget: bool,

    /// Suit aussi les liens vers d’autres sites ; ceux qui ne répondent plus sont des avertissements.
    #[arg(long)]
    external: bool,

    #[command(flatten)]
    moment: MomentArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Debug, Subcommand)]
enum New {
    /// Une démarche, avec tous ses réglages en commentaire.
    ///
    /// Écrit content/CHEMIN/_index.md, reglement.md et un onglet pour les dépôts. Refuse d’écraser ce qui existe.
    #[command(help_template = TEMPLATE, after_help = "\
Exemples :
  parvis new process petition garennes/ma-petition
  parvis new process petition ma-petition         s’il n’y a qu’une collectivité, la range chez elle")]
    Process {
        /// Sorte de démarche : petition.
        #[arg(value_name = "SORTE", display_order = 1, hide_possible_values = true, help_heading = ARGUMENTS)]
        preset: PresetArgument,

        /// Dossier de la démarche, depuis content/.
        #[arg(value_name = "CHEMIN", display_order = 2, help_heading = ARGUMENTS)]
        path: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PresetArgument {
    Petition,
}

#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
struct ServeArguments {
    /// Port, sur cette machine seulement ; 0 pour un port libre.
    #[arg(long, default_value_t = 8080, value_name = "PORT", hide_default_value = true)]
    port: u16,

    /// Dossier des données, depuis la racine du site : .parvis, ou .parvis-at avec --at ou --drafts, pour ne pas mêler
    /// un essai aux vraies données.
    #[arg(long, value_name = "DOSSIER")]
    data: Option<PathBuf>,

    /// Avec les brouillons, et ce qui est daté de plus tard.
    #[arg(long)]
    drafts: bool,

    #[command(flatten)]
    moment: MomentArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = OPTIONS)]
struct MomentArguments {
    /// Moment de référence, au lieu de maintenant : 2026-11-21, 2026-11-21T09:00 (dans le fuseau du site),
    /// 2026-11-21T08:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    at: Option<Moment>,
}

/// What the command ends with.
type Outcome = Result<(), ExitCode>;

/// Runs the command.
pub(crate) fn run(cli: Cli) -> ExitCode {
    let root = &cli.root;
    let outcome = match cli.command {
        Command::Init { folder } => init(root, &folder),
        Command::Build(arguments) => build(root, &arguments),
        Command::Check(arguments) => check(root, &arguments),
        Command::New { what: New::Process { preset: PresetArgument::Petition, path } } => {
            new(root, Preset::Petition, &path)
        }
        Command::Deposits { place, command } => deposits::run(root, &place, &command),
        Command::Pull(place) => deposits::pull(root, &place),
        Command::Serve(arguments) => serve(root, &arguments),
        Command::Tally(arguments) => tally::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
    };
    outcome.err().unwrap_or(ExitCode::SUCCESS)
}

fn init(root: &Path, folder: &Path) -> Outcome {
    let place: PathBuf = root.join(folder).components().filter(|part| *part != Component::CurDir).collect();
    let created = generator::new_site(&place, Timestamp::now()).map_err(|error| fail(&error))?;
    for file in created {
        println!("créé : {}", file.display());
    }
    println!("\nLe site est prêt. Pour la suite :");
    if !place.as_os_str().is_empty() {
        println!("  cd {}", place.display());
    }
    println!(
        "  parvis serve    l’ouvrir sur http://127.0.0.1:8080/ et le voir changer à mesure que vous écrivez"
    );
    println!("  parvis check    relire tout, avant de publier");
    println!("Commencez par site.toml : le nom du site, son adresse, ses mentions légales.");
    Ok(())
}

fn build(root: &Path, arguments: &BuildArguments) -> Outcome {
    let start = Instant::now();
    let output = root.join(&arguments.output);
    let progress = Progress::of("Construction du site");
    let built = now(root, &arguments.moment).and_then(|now| {
        generator::build(&Build { drafts: arguments.drafts, ..Build::new(root, &output, now) })
    });
    progress.finish();
    let built = built.map_err(|error| fail(&error))?;
    print_diagnostics(&built.warnings);
    println!(
        "Site construit dans {} : {} pages. Fichiers écrits : {}, retirés : {} ({} ms).",
        output.strip_prefix(".").unwrap_or(&output).display(),
        built.pages,
        built.written,
        built.removed,
        start.elapsed().as_millis(),
    );
    Ok(())
}

fn check(root: &Path, arguments: &CheckArguments) -> Outcome {
    let progress = Progress::of("Relecture du site");
    let checks = Checks { budget: arguments.budget, external: arguments.external };
    let examined = load(root, &arguments.moment).map(|site| site.examine(checks));
    progress.finish();
    let found = match &examined {
        Ok(found) | Err(BuildError::Site(found)) => found,
        Err(other) => return Err(fail(other)),
    };
    match arguments.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(found).map_err(|error| fail(&error))?),
        Format::Text if found.is_empty() => println!("Rien à corriger."),
        Format::Text => print_diagnostics(found),
    }
    if found.has_errors() { Err(ExitCode::FAILURE) } else { Ok(()) }
}

fn new(root: &Path, preset: Preset, path: &str) -> Outcome {
    let created =
        generator::new_process(root, preset, path, Timestamp::now()).map_err(|error| fail(&error))?;
    for file in created {
        println!("créé : {}", file.display());
    }
    println!("Relisez ces textes, puis lancez `parvis check`.");
    Ok(())
}

fn serve(root: &Path, arguments: &ServeArguments) -> Outcome {
    let at = arguments.moment.at.map(|moment| generator::instant(root, moment)).transpose();
    let is_trial = arguments.moment.at.is_some() || arguments.drafts;
    let usual = if is_trial { ".parvis-at" } else { ".parvis" };
    let options = Options {
        root: root.to_owned(),
        data: root.join(arguments.data.as_deref().unwrap_or_else(|| Path::new(usual))),
        port: arguments.port,
        at: at.map_err(|error| fail(&error))?,
        drafts: arguments.drafts,
    };
    serve::run(&options).map_err(|error| fail(&error))
}

fn now(root: &Path, moment: &MomentArguments) -> Result<Timestamp, BuildError> {
    Ok(match moment.at {
        Some(moment) => generator::instant(root, moment)?,
        None => Timestamp::now(),
    })
}

fn load(root: &Path, moment: &MomentArguments) -> Result<Site, BuildError> {
    Ok(Site::load(root, now(root, moment)?)?)
}

/// Says why the command fails.
fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    match error.downcast_ref() {
        Some(BuildError::Site(found)) => print_diagnostics(found),
        _ => {
            // Nobody may be there to read it.
            let _ = writeln!(io::stderr(), "erreur : {error}");
        }
    }
    ExitCode::FAILURE
}

fn print_diagnostics(found: &Diagnostics) {
    if !found.is_empty() {
        eprintln!("{}", found.render(io::stderr().is_terminal() && env::var_os("NO_COLOR").is_none()));
    }
}
