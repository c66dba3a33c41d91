//! Random rules: envelopes with scopes, thresholds, exclusions, chains that do not always come to the lot.

use super::boxes::{ZONES, id};
use crate::tally::{
    By, Completion, Envelope, Rule, Rules as Declared, Scope, Stop, Threshold, TieBreak, Unfit, Utility,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use std::num::NonZeroU64;

/// Which rules the boxes are counted by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rules {
    Greedy,
    Shares,
    Growing,
    Phragmen,
    MajorityJudgment,
    Schulze,
    Borda,
    Runoff,
}

/// Rules for an election of `size` projects.
pub(super) fn declared(size: usize, rules: Rules) -> impl Strategy<Value = Declared> {
    let pair = (0..size, 0..size).prop_filter("two projects", |(one, other)| one != other);
    let exclusions = vec(pair.prop_map(|(one, other)| vec![id(one), id(other)]), 0..3);
    // Orders of grades and rankings have no points.
    let has_points = matches!(rules, Rules::Greedy | Rules::Shares | Rules::Growing | Rules::Phragmen);
    let threshold = option::weighted(
        0.4,
        prop_oneof![
            (1_u64..6).prop_map(if has_points { Threshold::Score } else { Threshold::Voters }),
            (1_u64..5).prop_map(Threshold::Voters),
            (0_u64..4).prop_map(|numerator| Threshold::Share {
                numerator,
                denominator: NonZeroU64::new(7).expect("not zero")
            }),
        ],
    );
    let (rare, even) = (|| prop::bool::weighted(0.3), prop::bool::ANY);
    let lists = (
        envelopes(rules),
        prop_oneof![2 => Just(Vec::new()).boxed(), 1 => exclusions.boxed()],
        threshold,
        chain(),
    );
    (rule(rules), lists, (rare(), rare(), even)).prop_map(
        |(rule, lists, (one_per_proposer, one_per_zone, carry_over))| {
            let (envelopes, exclusions, threshold, ties) = lists;
            Declared {
                rule,
                envelopes,
                threshold,
                exclusions,
                one_per_proposer,
                one_per_zone,
                carry_over,
                ties,
            }
        },
    )
}

/// Most chains come to the lot.
fn chain() -> impl Strategy<Value = Vec<TieBreak>> {
    let link = select(vec![TieBreak::MinCost, TieBreak::MaxCost, TieBreak::MoreVoters]);
    (vec(link, 0..3), prop::bool::weighted(0.7)).prop_map(|(mut chain, lot)| {
        chain.extend(lot.then_some(TieBreak::Lot));
        chain
    })
}

fn envelopes(rules: Rules) -> impl Strategy<Value = Vec<Envelope>> {
    let scope = prop_oneof![
        4 => Just(Scope::default()),
        2 => select(&ZONES[..]).prop_map(|zone| Scope { zone: Some(zone.to_owned()), ..Scope::default() }),
        1 => Just(Scope { theme: Some("eau".to_owned()), ..Scope::default() }),
        1 => Just(Scope { label: Some("coup-de-coeur".to_owned()), ..Scope::default() }),
        1 => (0_u64..20, 20_u64..40).prop_map(|(from, to)| Scope { cost_from: Some(from), cost_to: Some(to), ..Scope::default() }),
    ];
    // Only some rules do without money.
    let amount = match rules {
        Rules::Shares | Rules::Growing | Rules::Phragmen => (10_u64..130).prop_map(Some).boxed(),
        _ => option::weighted(0.7, 10_u64..130).boxed(),
    };
    let number = (prop_oneof![3 => Just(0_u32), 1 => 1_u32..3], option::weighted(0.4, 0_u32..3));
    let one = (scope, amount, number);
    vec(one, 1..4).prop_map(|all| {
        let envelope = |(index, (scope, amount, (least, more)))| Envelope {
            id: format!("e{index}"),
            scope,
            amount,
            least,
            most: Option::map(more, |more: u32| (least + more).max(1)),
        };
        (0..).zip(all).map(envelope).collect()
    })
}

fn rule(rules: Rules) -> BoxedStrategy<Rule> {
    let unfit = prop_oneof![2 => Just(Unfit::Skip), 1 => Just(Unfit::Stop), 1 => select(vec![10_u8, 25, 50, 75, 90]).prop_map(Unfit::Fund)];
    let by = |by| unfit.prop_map(move |unfit| Rule::Greedy { by, unfit }).boxed();
    let utility = select(vec![Utility::Cost, Utility::Points]);
    let completion = match rules {
        Rules::Growing => (1_u64..8, select(vec![Stop::Overspent, Stop::Exhaustive]), any::<bool>())
            .prop_map(|(step, stop, greedy)| {
                let step = NonZeroU64::new(step).expect("not zero");
                Completion::Add1 { step, stop, greedy }
            })
            .boxed(),
        _ => select(vec![Completion::None, Completion::Greedy]).boxed(),
    };
    match rules {
        Rules::Greedy => by(By::Score),
        Rules::MajorityJudgment => by(By::MajorityJudgment),
        Rules::Schulze => by(By::Schulze),
        Rules::Borda => by(By::Borda),
        Rules::Runoff => by(By::Runoff),
        Rules::Phragmen => any::<bool>().prop_map(|skip| Rule::Phragmen { skip }).boxed(),
        Rules::Shares | Rules::Growing => (utility, completion, any::<bool>())
            .prop_map(|(utility, completion, comparison)| Rule::EqualShares {
                utility,
                completion,
                comparison,
            })
            .boxed(),
    }
}
