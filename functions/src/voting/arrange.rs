//! The items of a page, one for each thing that is voted on, which lie between `<!--choice ID-->` and `<!--/choice-->`.

const BEGIN: &str = "<!--choice ";
const END: &str = "<!--/choice-->";

/// A page cut at its items.
pub(super) struct Items<'a> {
    /// What stands before each item.
    before: Vec<&'a str>,
    /// Id and text of each, marks included.
    items: Vec<(&'a str, &'a str)>,
    /// What stands after the last.
    after: &'a str,
}

impl<'a> Items<'a> {
    /// Cuts a page. An item without its end is none.
    pub(super) fn of(page: &'a str) -> Self {
        let (mut before, mut items, mut after) = (Vec::new(), Vec::new(), page);
        while let Some(start) = after.find(BEGIN) {
            let item = &after[start..];
            let Some((id, _)) = item[BEGIN.len()..].split_once("-->") else { break };
            let Some(end) = item.find(END).map(|end| end + END.len()) else { break };
            before.push(&after[..start]);
            items.push((id, &item[..end]));
            after = &item[end..];
        }
        Self { before, items, after }
    }

    /// The ids, in the order of the page.
    pub(super) fn ids(&self) -> impl Iterator<Item = &'a str> {
        self.items.iter().map(|(id, _)| *id)
    }

    /// The page with the items of these ids alone, in this order, at the places of the first ones.
    pub(super) fn arranged(&self, ids: &[&str]) -> String {
        let item = |id: &&str| self.items.iter().find(|(known, _)| known == id).map(|(_, text)| *text);
        let mut items = ids.iter().filter_map(item);
        let mut page = String::new();
        for before in &self.before {
            page.push_str(before);
            page.push_str(items.next().unwrap_or_default());
        }
        page.push_str(self.after);
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "<ul><!--choice a--><li>A<!--/choice-->\n<!--choice b--><li>B<!--/choice--></ul><!--choice c";

    #[test]
    fn items_are_put_in_any_order_and_left_out() {
        let items = Items::of(PAGE);
        assert_eq!(items.ids().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(items.arranged(&["a", "b"]), PAGE);
        assert_eq!(
            items.arranged(&["b", "lune", "a"]),
            "<ul><!--choice b--><li>B<!--/choice-->\n<!--choice a--><li>A<!--/choice--></ul><!--choice c"
        );
        assert_eq!(items.arranged(&["b"]), "<ul><!--choice b--><li>B<!--/choice-->\n</ul><!--choice c");
    }
}
