//! The minutes as text or Markdown, in plain French.

use domain::{
    rulebook::group_digits,
    tally::{
        Account, By, Completion, Fate, Measure, Minutes, Reason, Round, Rule, Shares, Step, Stopped,
        Threshold, Tie, TieBreak, Unfit,
        pabulib::{name_of, shown},
    },
};

/// How minutes are written down.
#[derive(Clone, Copy)]
pub(super) struct Paper<'a> {
    /// The minutes.
    pub(super) minutes: &'a Minutes,
    /// After amounts: `€`, or a code of ISO 4217; empty when it is not known.
    pub(super) currency: &'a str,
    /// Markdown, or plain text.
    pub(super) markdown: bool,
}

impl Paper<'_> {
    /// The minutes, and what else is to be known of them.
    pub(super) fn text(self, notices: &[String]) -> String {
        let mut text = self.heading(1, "Procès-verbal du dépouillement");
        text += &self.preamble();
        for account in &self.minutes.envelopes {
            text += "\n";
            text += &self.heading(2, &format!("Enveloppe « {} »", self.plain(&account.id)));
            text += &self.account(account);
        }
        text += "\n";
        text += &self.heading(2, "Résultat");
        for (place, winner) in (1..).zip(&self.minutes.winners) {
            let fate = self.minutes.projects.iter().find(|fate| fate.id == *winner);
            text +=
                &format!("{place}. {}\n", fate.map_or_else(|| self.plain(winner), |fate| self.named(fate)));
        }
        if self.minutes.winners.is_empty() {
            text += "Aucun projet n’est élu.\n";
        }
        text += "\n";
        text += &self.heading(2, "Projets non élus");
        let mut others = self.minutes.projects.iter().filter(|fate| !fate.reason.elected()).peekable();
        if others.peek().is_none() {
            text += "Tous les projets sont élus.\n";
        }
        for fate in others {
            text += &format!(
                "- {} ({}, score {}) : {}\n",
                self.named(fate),
                self.money(fate.cost),
                self.score(fate.score),
                self.explained(&fate.reason)
            );
        }
        if !notices.is_empty() {
            text += "\n";
            text += &self.heading(2, "À savoir");
            for notice in notices {
                text += &format!("- {}.\n", self.plain(notice));
            }
        }
        text
    }

    fn heading(self, level: usize, text: &str) -> String {
        match self.markdown {
            true => format!("{} {text}\n\n", "#".repeat(level)),
            false => format!("{text}\n{}\n", if level == 1 { "=" } else { "-" }.repeat(text.chars().count())),
        }
    }

    /// A line of its own.
    fn line(self, text: &str) -> String {
        format!("{}{text}\n", if self.markdown { "- " } else { "" })
    }

    fn preamble(self) -> String {
        let Minutes { rules, seed, ballots, blank, .. } = self.minutes;
        let mut text = self.line(&format!("Règle : {} ({})", said(&rules.rule), name_of(rules)));
        if let Some(threshold) = rules.threshold {
            text += &self.line(&format!("Seuil : {}", required(threshold)));
        }
        if !rules.ties.is_empty() {
            text += &self.line(&format!("À égalité : {}", chain(&rules.ties)));
        }
        if let Some(seed) = seed {
            text += &self.line(&format!("Graine du tirage : {seed}"));
        }
        let (ballots, blank) = (group_digits(*ballots), group_digits(*blank));
        text + &self.line(&format!("Bulletins : {ballots}, dont {blank} sans choix"))
    }

    fn account(self, account: &Account) -> String {
        let mut text = String::new();
        if let Some(amount) = account.amount {
            let mut line = format!("Montant : {}", self.money(amount));
            if account.carried > 0 {
                line += &format!(", plus {} reportés", self.money(account.carried));
            }
            line += &format!(" ; dépensé : {}", self.money(account.spent));
            line += &match account.left {
                Some(left) => format!(" ; reste : {}", self.money(left)),
                None => " ; l’enveloppe est dépassée".to_owned(),
            };
            text += &self.line(&line);
        }
        if let Some(shares) = &account.shares {
            text += &self.shares(shares);
        }
        if !account.would_fit.is_empty() {
            let ids: Vec<String> = account.would_fit.iter().map(|id| self.plain(id)).collect();
            text += &self
                .line(&format!("Tiendraient encore, mais la règle ne les retient pas : {}", ids.join(", ")));
        }
        if !account.rounds.is_empty() {
            text += "\n";
        }
        if self.markdown && !account.rounds.is_empty() {
            text += "| Tour | Projet | Considéré pour | Coût | Avant | Décision | Après |\n|--:|---|---|--:|--:|---|--:|\n";
        }
        for (number, round) in (1..).zip(&account.rounds) {
            text += &self.round(number, round);
        }
        text
    }

    fn shares(self, shares: &Shares) -> String {
        let each = shares.money / u128::from(shares.voters.max(1));
        let each = self.money(u64::try_from(each).unwrap_or(u64::MAX));
        let mut line = match shares.steps {
            0 => format!("Part de chaque votant : {each} environ"),
            steps => format!(
                "Les {} votants avaient d’abord une part égale de l’enveloppe. Ces parts ont grandi {} fois, jusqu’à {each} chacune : \
                 ensemble, c’est plus que l’enveloppe, mais seul ce que coûtent les projets élus est dépensé",
                group_digits(shares.voters),
                group_digits(steps)
            ),
        };
        line += &match &shares.stopped {
            Some(Stopped::Overspent { cost }) => {
                format!(". Une fois de plus, et les projets élus auraient coûté {}", self.money(*cost))
            }
            Some(Stopped::Exhaustive) => ". Aucun projet ne pouvait plus être ajouté".to_owned(),
            Some(Stopped::Settled) => ". Plus d’argent n’aurait plus rien changé".to_owned(),
            None => String::new(),
        };
        let mut text = self.line(&line);
        if let Some(comparison) = &shares.comparison {
            let gain = if comparison.shares < 2 { "votant obtient" } else { "votants obtiennent" };
            text += &self.line(&format!(
                "Comparaison : {} {gain} plus par les parts égales, {} par le score seul",
                group_digits(comparison.shares),
                group_digits(comparison.greedy)
            ));
        }
        text
    }

    fn round(self, number: usize, round: &Round) -> String {
        let left = |left: Option<u64>| left.map(|left| self.money(left)).unwrap_or_default();
        let (before, after) = (left(round.before), left(round.after));
        let mut decision = self.explained(&round.reason);
        if let Some(tie) = &round.tie {
            decision += &self.tied(tie);
        }
        let (project, measure) = (self.plain(&round.project), self.measured(&round.measure));
        let cost = self.money(round.cost);
        match self.markdown {
            true => {
                format!("| {number} | {project} | {measure} | {cost} | {before} | {decision} | {after} |\n")
            }
            false => format!("{number}. {project} — {measure}, {cost} : {decision} ({before} → {after})\n"),
        }
    }

    fn tied(self, tie: &Tie) -> String {
        let order: Vec<String> = tie.order.iter().map(|id| self.plain(id)).collect();
        format!(" ; à égalité, dans cet ordre : {} ({})", order.join(", "), chain(&tie.by))
    }

    fn measured(self, measure: &Measure) -> String {
        match measure {
            Measure::Score(points) => format!("score {}", self.score(*points)),
            Measure::Rank(rank) => format!("rang {rank}"),
            Measure::Share { effective, price } => {
                let votes = format!("{effective:.2}").replace('.', ",");
                format!("{votes} voix qui peuvent payer, {} par voix", self.about(*price))
            }
            Measure::Load(moment) => format!("payé à {} par votant", self.about(*moment)),
        }
    }

    /// Why, in a few words.
    pub(super) fn explained(self, reason: &Reason) -> String {
        match reason {
            Reason::Elected { step: Step::Rule } => "élu".to_owned(),
            Reason::Elected { step: Step::Zone } => "élu, premier de son secteur".to_owned(),
            Reason::Elected { step: Step::Completion } => "élu, avec ce qui restait".to_owned(),
            Reason::Elected { step: Step::Least } => "élu, pour atteindre le nombre prévu".to_owned(),
            Reason::Elected { step: Step::Beyond } => "élu, au-delà de ce qui restait".to_owned(),
            Reason::NoVote => "aucun vote".to_owned(),
            Reason::BelowThreshold { needed } => {
                format!("sous le seuil de {}", self.score(i64::try_from(*needed).unwrap_or(i64::MAX)))
            }
            Reason::Excluded { by } => format!("exclu par l’élection de « {} »", self.plain(by)),
            Reason::DoesNotFit { left: 0 } => "il ne restait rien".to_owned(),
            Reason::DoesNotFit { left } => {
                format!("ne tient pas dans les {} qui restaient", self.money(*left))
            }
            Reason::Unaffordable { money: 0 } => "ses votants n’avaient plus rien".to_owned(),
            Reason::Unaffordable { money } => {
                format!("ses votants n’avaient plus que {} ensemble", self.money(*money))
            }
            Reason::Stopped { at } => format!("le compte s’est arrêté à « {} »", self.plain(at)),
            Reason::Full => "le nombre de projets prévu était atteint".to_owned(),
            Reason::OutOfScope => "aucune enveloppe n’est pour lui".to_owned(),
            Reason::Withdrawn => "retiré après le vote".to_owned(),
        }
    }

    fn named(self, fate: &Fate) -> String {
        match fate.name.as_str() {
            "" => self.plain(&fate.id),
            name => format!("{} — {}", self.plain(&fate.id), self.plain(name)),
        }
    }

    /// `1 234 €`, `1 234,50 €`.
    fn money(self, cents: u64) -> String {
        let whole = group_digits(cents / 100);
        match cents % 100 {
            0 => self.with_currency(whole),
            rest => self.with_currency(format!("{whole},{rest:02}")),
        }
    }

    /// To the nearest cent.
    fn about(self, cents: f64) -> String {
        self.with_currency(format!("{:.2}", cents / 100.0).replace('.', ","))
    }

    fn with_currency(self, amount: String) -> String {
        match self.currency {
            "" => amount,
            currency => format!("{amount}\u{a0}{currency}"),
        }
    }

    fn score(self, points: i64) -> String {
        shown(points, self.minutes.unit).replace('.', ",")
    }

    /// A text from outside, on one line, that Markdown leaves as it is.
    fn plain(self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        for character in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
            if self.markdown && r"\`*_[]<>|#".contains(character) {
                plain.push('\\');
            }
            plain.push(character);
        }
        plain
    }
}

/// A rule in a few words.
fn said(rule: &Rule) -> String {
    match rule {
        Rule::Greedy { by, unfit } => {
            let by = match by {
                By::Score => "par score",
                By::MajorityJudgment => "par jugement majoritaire",
                By::Schulze => "par comparaisons deux à deux (Schulze)",
                By::Borda => "par points de Borda",
                By::Runoff => "par éliminations successives",
            };
            match unfit {
                Unfit::Skip => format!("{by}, en passant ce qui ne tient pas"),
                Unfit::Stop => format!("{by}, jusqu’au premier projet qui ne tient pas"),
                Unfit::Fund(percent) => format!(
                    "{by}, jusqu’au premier projet qui ne tient pas, élu aussi s’il reste {percent} % de son coût"
                ),
            }
        }
        Rule::EqualShares { completion, comparison, .. } => {
            let completion = match completion {
                Completion::None => "",
                Completion::Greedy => ", complétées par score",
                Completion::Add1 { greedy: false, .. } => ", qui augmentent pas à pas",
                Completion::Add1 { greedy: true, .. } => ", qui augmentent pas à pas, complétées par score",
            };
            let comparison = if *comparison { ", comparées au score seul" } else { "" };
            format!("parts égales{completion}{comparison}")
        }
        Rule::Phragmen { skip: true } => "Phragmén, en passant ce qui ne tient pas".to_owned(),
        Rule::Phragmen { skip: false } => "Phragmén, jusqu’au premier projet qui ne tient pas".to_owned(),
    }
}

fn required(threshold: Threshold) -> String {
    match threshold {
        Threshold::Score(needed) => format!("un score de {}", group_digits(needed)),
        Threshold::Voters(needed) => format!("{} votants", group_digits(needed)),
        Threshold::Share { numerator, denominator } => format!("{numerator}/{denominator} des votants"),
    }
}

fn chain(links: &[TieBreak]) -> String {
    let links: Vec<&str> = links
        .iter()
        .map(|link| match link {
            TieBreak::MinCost => "le coût le plus bas",
            TieBreak::MaxCost => "le coût le plus haut",
            TieBreak::MoreVoters => "le plus de votants",
            TieBreak::Lot => "le tirage au sort",
        })
        .collect();
    links.join(", puis ")
}
