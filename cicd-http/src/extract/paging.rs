//! Cursors: each belongs to the list that gave it, with its filters.

use cicd_core::digest::Digest;
use cicd_core::page::{Limit, Page};
use cicd_core::violation::Violations;

use crate::problem::{Kind, Problem};

/// How many characters of a digest tell one list from another.
const SEAL_CHARACTERS: usize = 16;

/// Which page of a list: after which place, and how long.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    pub(crate) after: Option<String>,
    pub(crate) limit: Limit,
    seal: Seal,
}

/// What tells a list with its filters and its order from every other one.
#[derive(Clone, Debug)]
pub(crate) struct Seal(String);

impl Seal {
    /// The seal of the list at `path` with these parameters; those that turn its pages don't count.
    pub(crate) fn of(path: &str, given: &[(String, String)]) -> Self {
        let turns = |name: &str| name == "after" || name == "limit";
        let mut filters: Vec<_> = given.iter().filter(|(name, _)| !turns(name)).collect();
        filters.sort();
        // Debug output quotes, so that no two lists of texts look alike.
        let digest = Digest::of(format!("{path:?} {filters:?}").as_bytes()).hex();
        Self(digest.chars().take(SEAL_CHARACTERS).collect())
    }

    fn opened<'a>(&self, cursor: &'a str) -> Result<&'a str, String> {
        match cursor.split_once('.') {
            Some((seal, place)) if seal == self.0 => Ok(place),
            Some((seal, _)) if seal.len() == SEAL_CHARACTERS => {
                Err("it is of another list, or of other filters; accepted: the `next` of a page with the same ones".to_owned())
            }
            _ => Err("it is no cursor; accepted: the `next` of a page".to_owned()),
        }
    }
}

impl Paging {
    /// The page after `cursor`.
    ///
    /// # Errors
    /// Why it is no cursor of this list.
    pub(super) fn after(cursor: Option<&str>, limit: Limit, seal: Seal) -> Result<Self, String> {
        let after = cursor.map(|cursor| seal.opened(cursor)).transpose()?.map(str::to_owned);
        Ok(Self { after, limit, seal })
    }

    /// The first page.
    pub(super) const fn first(limit: Limit, seal: Seal) -> Self {
        Self { after: None, limit, seal }
    }

    /// The sequence after which the page begins, in a list of events.
    ///
    /// # Errors
    /// 400 when the cursor holds another place.
    pub(crate) fn sequence(&self) -> Result<Option<u64>, Problem> {
        let parsed = self.after.as_ref().map(|after| after.parse()).transpose();
        parsed.map_err(|_| {
            let message = "it is no place in a list of events; accepted: the `next` of a page";
            Problem::violations(Kind::MalformedQuery, &Violations::one("/after", "cursor", message))
        })
    }

    /// The page with its cursor as clients get it.
    pub(crate) fn sealed<T>(&self, page: Page<T>) -> Page<T> {
        sealed(page, self.seal())
    }

    /// What its cursors begin with.
    pub(crate) fn seal(&self) -> &str {
        &self.seal.0
    }
}

/// The page with its cursor as clients of the list with this seal get it.
pub(crate) fn sealed<T>(page: Page<T>, seal: &str) -> Page<T> {
    Page { next: page.next.map(|place| format!("{seal}.{place}")), items: page.items }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(path: &str, given: &[(&str, &str)]) -> Seal {
        let owned: Vec<_> =
            given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Seal::of(path, &owned)
    }

    fn next(seal: &Seal) -> String {
        let page = Page { items: vec![()], next: Some("7~x".to_owned()) };
        Paging::first(Limit::default(), seal.clone()).sealed(page).next.unwrap()
    }

    #[test]
    fn a_cursor_belongs_to_its_list_and_filters() {
        let list = seal("/releases", &[("status", "failed"), ("service", "shop"), ("limit", "2")]);
        let cursor = next(&list);
        let same = seal("/releases", &[("service", "shop"), ("after", "x"), ("status", "failed")]);
        assert_eq!(
            Paging::after(Some(&cursor), Limit::default(), same).unwrap().after.as_deref(),
            Some("7~x")
        );
        for other in [
            seal("/releases", &[("service", "shop")]),
            seal("/releases", &[("service", "shop"), ("status", "failed"), ("order", "oldest-first")]),
            seal("/locks", &[("status", "failed"), ("service", "shop")]),
        ] {
            assert!(Paging::after(Some(&cursor), Limit::default(), other).is_err());
        }
        for cursor in ["7~x", "", ".7~x", "7"] {
            assert!(Paging::after(Some(cursor), Limit::default(), list.clone()).is_err(), "{cursor}");
        }
    }
}
