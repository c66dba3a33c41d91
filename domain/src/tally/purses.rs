//! What voters have left, in Equal Shares.
//!
//! Voters who paid for the same projects have the same purse, which is kept once. A purse holds a floating-point amount
//! and a bound of its error; where these do not decide, its exact amount is worked out from its history.

use num_bigint::BigInt;
use num_rational::BigRational;
use std::cell::{Cell, OnceCell};

/// Twice the relative error of an operation: room for the errors of the error bounds themselves.
const ROUNDING: f64 = f64::EPSILON * 2.0;

/// The purse with nothing in it.
pub(super) const EMPTY: u32 = 0;

/// The purse every voter begins with.
pub(super) const FULL: u32 = 1;

/// A real number, known to within `error`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Approx {
    pub(super) value: f64,
    pub(super) error: f64,
}

impl Approx {
    pub(super) fn low(self) -> f64 {
        self.value - self.error
    }

    pub(super) fn high(self) -> f64 {
        self.value + self.error
    }

    /// Divided by a number that is exact.
    pub(super) fn per(self, divisor: f64) -> Self {
        let value = self.value / divisor;
        Self { value, error: self.error / divisor + ROUNDING * value + f64::MIN_POSITIVE }
    }
}

/// Supporters of a project who have the same purse and gave it as many points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) purse: u32,
    pub(super) points: i64,
    pub(super) voters: u64,
}

struct Purse {
    /// The purse and the payment it comes from, and how many points were paid for; none for the first ones.
    from: Option<(u32, usize, i64)>,
    amount: Approx,
    exact: OnceCell<BigRational>,
}

struct Payment {
    groups: Vec<Group>,
    cost: u64,
    price: Price,
    exact: OnceCell<BigRational>,
}

/// What a point costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    pub(super) amount: Approx,
    /// How many of the groups, the poorest first, give all they have; none when floating point cannot tell.
    poor: Option<usize>,
}

/// Where the poor end who give all they have, and the error of the price if that is right.
#[derive(Default)]
struct Split {
    poor: usize,
    error: f64,
}

/// All purses.
pub(super) struct Purses {
    purses: Vec<Purse>,
    payments: Vec<Payment>,
    /// Whether an exact amount was asked for that depends on a share of which only bounds are known.
    unsure: Cell<bool>,
}

impl Purses {
    /// An empty purse, and one that holds `money`/`voters` cents.
    pub(super) fn new(money: u64, voters: u64) -> Self {
        let share = BigRational::new(BigInt::from(money), BigInt::from(voters.max(1)));
        let value = money as f64 / voters.max(1) as f64;
        Self::of(Approx { value, error: ROUNDING * value }, OnceCell::from(share))
    }

    /// An empty purse, and one that holds any amount from `low` to `high` cents: what floating point decides with it
    /// holds for all of them.
    pub(super) fn between(low: u64, high: u64) -> Self {
        let value = low as f64 / 2.0 + high as f64 / 2.0;
        let error = (high as f64 - low as f64) / 2.0 + ROUNDING * value;
        Self::of(Approx { value, error }, OnceCell::new())
    }

    fn of(amount: Approx, exact: OnceCell<BigRational>) -> Self {
        let nothing = Approx { value: 0.0, error: 0.0 };
        let empty = Purse { from: None, amount: nothing, exact: OnceCell::from(whole(0)) };
        let full = Purse { from: None, amount, exact };
        Self { purses: vec![empty, full], payments: Vec::new(), unsure: Cell::new(false) }
    }

    /// Whether floating point left open what depends on the share, of which only bounds are known: nothing that was
    /// decided since means anything.
    pub(super) fn are_unsure(&self) -> bool {
        self.unsure.get()
    }

    /// How many purses there are.
    pub(super) fn len(&self) -> usize {
        self.purses.len()
    }

    /// What a point costs if `groups` pay `cost` together, each as much for a point or all they have; none if they have
    /// not enough. The groups are put in order in place.
    ///
    /// It is the greatest of (cost − what the poorest have) / (points of the others), whoever the poorest are taken to
    /// be: purses in a slightly wrong order, and prefixes beyond the right one, change the result by no more than the
    /// errors counted here.
    pub(super) fn price(&self, groups: &mut [Group], cost: u64) -> Option<Price> {
        let goal = cost as f64;
        let (mut total, mut slack, mut points, mut widest) = (0.0, 0.0, 0.0, 0.0_f64);
        for group in &*groups {
            let amount = self.amount(*group);
            total += group.voters as f64 * amount.value;
            slack += group.voters as f64 * amount.error;
            points += group.voters as f64 * group.points as f64;
            widest = widest.max(amount.error / group.points as f64);
        }
        let sums = groups.len() as f64 + 4.0;
        slack = (slack + ROUNDING * sums * (total + goal)) * (1.0 + ROUNDING * sums);
        widest *= 1.0 + ROUNDING * 4.0;
        if total + slack < goal || (total - slack < goal && self.exact_total(groups) < whole(cost)) {
            return None;
        }
        groups.sort_unstable_by(|one, other| {
            let level = |group: &Group| self.amount(*group).value / group.points as f64;
            level(one).total_cmp(&level(other))
        });
        let mut price = Approx { value: 0.0, error: 0.0 };
        let mut split = Split::default();
        let (mut paid, mut unsure) = (0.0, 0.0);
        for (poor, group) in groups.iter().enumerate() {
            let amount = self.amount(*group);
            let value = (goal - paid) / points;
            let error = slack / points + ROUNDING * 4.0 * value.abs() + 2.0 * widest;
            if value > price.value {
                let rounding = ROUNDING * sums * (paid + goal);
                split = Split { poor, error: (unsure + rounding) / points + ROUNDING * 4.0 * value };
            }
            price = Approx { value: price.value.max(value), error: price.error.max(error) };
            if amount.value / group.points as f64 * (1.0 - ROUNDING * 4.0) - widest > price.high() {
                break;
            }
            paid += group.voters as f64 * amount.value;
            unsure += group.voters as f64 * amount.error * (1.0 + ROUNDING * sums);
            points -= group.voters as f64 * group.points as f64;
            // Points are whole numbers: nobody is left to pay.
            if points < 0.5 {
                break;
            }
        }
        let clear = Approx { error: split.error, ..price };
        Some(if self.is_clear(groups, split.poor, clear) {
            Price { amount: clear, poor: Some(split.poor) }
        } else {
            Price { amount: price, poor: None }
        })
    }

    /// Whether the first `poor` groups have clearly less than the price, and the others clearly more: then only what the
    /// poor have makes the price uncertain.
    fn is_clear(&self, groups: &[Group], poor: usize, price: Approx) -> bool {
        let (poor, rich) = groups.split_at(poor);
        let points = |group: &Group| group.points as f64;
        poor.iter()
            .all(|group| self.amount(*group).high() / points(group) * (1.0 + ROUNDING * 4.0) < price.low())
            && rich.iter().all(|group| {
                self.amount(*group).low() / points(group) * (1.0 - ROUNDING * 4.0) > price.high()
            })
    }

    /// What `groups` have together, in whole cents.
    pub(super) fn whole_total(&self, groups: &[Group]) -> u64 {
        let (mut total, mut slack) = (0.0, 0.0);
        for group in groups {
            total += group.voters as f64 * self.amount(*group).value;
            slack += group.voters as f64 * self.amount(*group).error;
        }
        slack += ROUNDING * (groups.len() as f64 + 4.0) * total;
        let sum = Approx { value: total, error: slack };
        if sum.low().floor() == sum.high().floor() {
            return sum.value as u64;
        }
        u64::try_from(self.exact_total(groups).floor().to_integer()).unwrap_or(u64::MAX)
    }

    /// The price, exactly; the groups have enough, and are in the order in which it was worked out.
    pub(super) fn exact_price(&self, groups: &[Group], cost: u64, price: Price) -> BigRational {
        if let Some(poor) = price.poor {
            let (poor, rich) = groups.split_at(poor);
            let points: BigInt = rich.iter().map(|group| weight(*group)).sum();
            return (whole(cost) - self.exact_total(poor)) / points;
        }
        let mut levels: Vec<(BigRational, Group)> = groups
            .iter()
            .map(|group| (self.exact(group.purse) / BigInt::from(group.points), *group))
            .collect();
        levels.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut points: BigInt = groups.iter().map(|group| weight(*group)).sum();
        let mut owed = whole(cost);
        for (level, group) in &levels {
            let price = &owed / &points;
            if price <= *level {
                return price;
            }
            owed -= level * weight(*group);
            points -= weight(*group);
        }
        // Not when they have enough.
        levels.pop().map_or_else(|| whole(cost), |(level, _)| level)
    }

    /// What `groups` have together, exactly.
    fn exact_total(&self, groups: &[Group]) -> BigRational {
        groups.iter().map(|group| self.exact(group.purse) * BigInt::from(group.voters)).sum()
    }

    /// Records that `groups` pay `cost` at this price a point; gives the purse that each of them then has.
    pub(super) fn pay(&mut self, groups: Vec<Group>, cost: u64, price: Price) -> Vec<(Group, u32)> {
        let payment = self.payments.len();
        self.payments.push(Payment { groups: groups.clone(), cost, price, exact: OnceCell::new() });
        groups.into_iter().map(|group| (group, self.after(group, payment, price.amount))).collect()
    }

    fn after(&mut self, group: Group, payment: usize, price: Approx) -> u32 {
        let before = self.amount(group);
        let due = price.value * group.points as f64;
        let amount = Approx {
            value: (before.value - due).max(0.0),
            error: before.error + price.error * group.points as f64 + ROUNDING * (before.value + due),
        };
        if before.value - due + amount.error < 0.0 {
            return EMPTY;
        }
        let child =
            Purse { from: Some((group.purse, payment, group.points)), amount, exact: OnceCell::new() };
        let index = u32::try_from(self.purses.len()).unwrap_or(u32::MAX);
        self.purses.push(child);
        if amount.low() <= 0.0 && *self.exact(index) <= whole(0) {
            self.purses.pop();
            return EMPTY;
        }
        index
    }

    fn amount(&self, group: Group) -> Approx {
        self.purses[group.purse as usize].amount
    }

    fn exact(&self, purse: u32) -> &BigRational {
        let purse = &self.purses[purse as usize];
        purse.exact.get_or_init(|| match purse.from {
            Some((before, payment, points)) => {
                self.exact(before) - self.exact_payment(payment) * BigInt::from(points)
            }
            None => {
                self.unsure.set(true);
                whole(0)
            }
        })
    }

    fn exact_payment(&self, payment: usize) -> &BigRational {
        let Payment { groups, cost, price, exact } = &self.payments[payment];
        exact.get_or_init(|| self.exact_price(groups, *cost, *price))
    }
}

fn whole(number: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(number))
}

fn weight(group: Group) -> BigInt {
    BigInt::from(group.points) * group.voters
}
