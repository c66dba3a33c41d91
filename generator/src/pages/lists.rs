//! The deposits of a process as lists: in each order, theme by theme, page after page. Each is a page of its own, so that
//! all of it works without a script.

use super::{Planner, Shown};
use crate::{
    content::step::{Order, Step},
    markdown::Text,
    slug::slugify,
    theme::{Shared, Values},
    view::page_url,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// So few can be looked through as they are.
const HANDFUL: usize = 5;

/// How many deposits a page of a list has.
const PAGE: usize = 20;

/// More themes than these classify nothing: the others have no page of their own.
const MOST_THEMES: usize = 30;

/// What leads from a list to the others.
#[derive(Serialize)]
struct Ways<'a> {
    orders: Vec<Way<Order>>,
    themes: Vec<Way<&'a Text>>,
    /// The list of all themes in the usual order.
    all_url: &'a str,
    /// Of the list itself, unless it is the usual one.
    order: Option<Order>,
    theme: Option<&'a Text>,
}

#[derive(Serialize)]
struct Way<Name> {
    name: Name,
    url: String,
    current: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

/// A theme and its deposits, by their places.
struct Theme<'a> {
    title: &'a Text,
    slug: String,
    members: Vec<usize>,
}

/// A list, by the places of its deposits.
struct List<'a, 'l> {
    url: String,
    order: Option<Order>,
    theme: Option<&'a Text>,
    members: &'l [usize],
}

impl<'a> Planner<'a, '_> {
    /// The pages of a step that lists the deposits of its process.
    pub(super) fn deposit_lists(
        &self,
        shown: &'a Shown<'a>,
        step: &'a Step,
        view: &Arc<Shared<'a>>,
        taken: &HashSet<&str>,
    ) {
        let deposits = &shown.deposits;
        let cards: Vec<_> = deposits.iter().map(|deposit| Shared::new(deposit.card())).collect();
        let in_order = |order| self.in_order(shown, order);
        let usual = in_order(step.order);
        let url = &*step.page.url;
        let free = |url: &String| !taken.contains(&**url);
        let (mut orders, mut themes) = (Vec::new(), Vec::new());
        if deposits.len() > HANDFUL {
            let is_supported = shown.process.petition.is_some();
            let known = [Order::Recent, Order::Supports, Order::Random].into_iter();
            orders.extend(known.filter(|order| is_supported || *order != Order::Supports));
            themes = themes_of(shown, &usual);
        }
        let order_url = |order: Order| match order {
            order if order == step.order => url.to_owned(),
            Order::Recent => format!("{url}tri/recents/"),
            Order::Supports => format!("{url}tri/soutiens/"),
            Order::Random => format!("{url}tri/hasard/"),
        };
        let theme_url = |theme: &Theme<'_>| format!("{url}theme/{}/", theme.slug);
        orders.retain(|order| *order == step.order || free(&order_url(*order)));
        themes.retain(|theme| free(&theme_url(theme)));
        let ways = |list: &List<'a, '_>| Ways {
            orders: orders
                .iter()
                .map(|order| Way {
                    name: *order,
                    url: order_url(*order),
                    current: list.theme.is_none() && list.order.unwrap_or(step.order) == *order,
                    count: None,
                })
                .collect(),
            themes: themes
                .iter()
                .map(|theme| Way {
                    name: theme.title,
                    url: theme_url(theme),
                    current: list.theme == Some(theme.title),
                    count: Some(theme.members.len()),
                })
                .collect(),
            all_url: url,
            order: list.order,
            theme: list.theme,
        };
        let make = |list: &List<'a, '_>| self.deposit_list(shown, step, view, &cards, list, ways(list));
        make(&List { url: url.to_owned(), order: None, theme: None, members: &usual });
        for order in orders.iter().copied().filter(|order| *order != step.order) {
            let members = in_order(order);
            make(&List { url: order_url(order), order: Some(order), theme: None, members: &members });
        }
        for theme in &themes {
            let (url, members) = (theme_url(theme), &theme.members);
            make(&List { url, order: None, theme: Some(theme.title), members });
        }
    }

    /// A list, page after page.
    fn deposit_list(
        &self,
        shown: &'a Shown<'a>,
        step: &'a Step,
        view: &Arc<Shared<'a>>,
        cards: &[Arc<Shared<'a>>],
        list: &List<'a, '_>,
        ways: Ways<'a>,
    ) {
        let viewer = self.viewer;
        let is_usual = list.url == *step.page.url;
        let ways = Shared::new(ways);
        let count = list.members.len().div_ceil(PAGE).max(1);
        let mut pages = list.members.chunks(PAGE);
        for number in 1..=count {
            let members = pages.next().unwrap_or_default();
            let apart = members.iter().position(|place| shown.deposits[*place].is_apart());
            let (listed, apart) = members.split_at(apart.unwrap_or(members.len()));
            let shared = |places: &[usize]| places.iter().map(|place| cards[*place].clone()).collect();
            let values = Values::new()
                .share("process", view)
                .with("step", viewer.step(step))
                .list("deposits", shared(listed))
                .list("apart", shared(apart))
                .share("ways", &ways)
                .with("pager", viewer.pager(&list.url, number, count));
            let mut page = viewer.page(&step.page);
            page.url = page_url(&list.url, number);
            page.original_url = match page.original_url {
                Some(original) if is_usual => Some(page_url(&original, number)),
                Some(original) => Some(original),
                // The same deposits in another order are no other page to search engines.
                None => (!is_usual).then(|| step.page.url.clone()),
            };
            let body = (is_usual && number == 1).then_some(&step.page);
            self.page_at("step.html", &step.page, page, values, body);
        }
    }

    /// The places of the deposits of a process in an order; those about which nothing is to be done come last.
    fn in_order(&self, Shown { process, deposits, .. }: &Shown<'_>, order: Order) -> Vec<usize> {
        let viewer = self.viewer;
        let today = viewer.calendar().day_of(viewer.site.now);
        let mut places: Vec<usize> = (0..deposits.len()).collect();
        // They come as they are, the latest first.
        match order {
            Order::Recent => {}
            Order::Supports => places.sort_by_key(|place| Reverse(deposits[*place].supports())),
            Order::Random => places.sort_by_cached_key(|place| {
                Sha256::digest(format!("{today}\n{}", process.deposits[*place].id)).to_vec()
            }),
        }
        places.sort_by_key(|place| deposits[*place].is_apart());
        places
    }
}

/// The themes of deposits, in alphabetical order, each with its deposits in the order of `places`; none when there are
/// not two to choose between.
fn themes_of<'a>(Shown { process, .. }: &'a Shown<'a>, places: &[usize]) -> Vec<Theme<'a>> {
    let mut themes = BTreeMap::<String, Theme<'a>>::new();
    for place in places {
        let Some(title) = &process.deposits[*place].theme else { continue };
        let slug = slugify(title.as_str());
        let theme = themes.entry(slug.clone()).or_insert_with(|| Theme { title, slug, members: Vec::new() });
        theme.members.push(*place);
    }
    let mut themes: Vec<_> = themes.into_values().collect();
    if themes.len() < 2 {
        return Vec::new();
    }
    themes.sort_by_key(|theme| Reverse(theme.members.len()));
    themes.truncate(MOST_THEMES);
    themes.sort_by(|a, b| a.slug.cmp(&b.slug));
    themes
}
