//! Lists, page by page: `?page=2&per_page=50`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tower_api_routes::query::from_text;

use crate::errors::OutOfRange;

const MAX_PAGE: u32 = 1_000_000;
const MAX_PER_PAGE: u32 = 100;

/// Which part of a list is asked for. `from_text` as it is flattened into the query strings of lists.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct PageQuery {
    /// From 1.
    #[serde(default = "first", deserialize_with = "from_text")]
    #[schemars(range(min = 1, max = 1_000_000))]
    page: u32,
    /// How many items a page has.
    #[serde(default = "twenty", deserialize_with = "from_text")]
    #[schemars(range(min = 1, max = 100))]
    per_page: u32,
}

fn first() -> u32 {
    1
}

fn twenty() -> u32 {
    20
}

/// A part of a list.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    items: Vec<T>,
    /// From 1.
    page: u32,
    per_page: u32,
    /// How many items there are on all pages.
    total: usize,
}

impl PageQuery {
    /// # Errors
    ///
    /// When the page or its size is out of range.
    pub(crate) fn cut<T>(&self, mut all: Vec<T>) -> Result<Page<T>, OutOfRange> {
        for (name, value, max) in [
            ("page", self.page, MAX_PAGE),
            ("per_page", self.per_page, MAX_PER_PAGE),
        ] {
            if !(1..=max).contains(&value) {
                return Err(OutOfRange { name, max });
            }
        }
        let total = all.len();
        let (page, size) = (self.page as usize, self.per_page as usize);
        let items = all
            .drain(total.min((page - 1) * size)..total.min(page * size))
            .collect();
        Ok(Page {
            items,
            page: self.page,
            per_page: self.per_page,
            total,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_cut_out_of_a_list() {
        let cut = |page, per_page| {
            let query = PageQuery { page, per_page };
            query.cut(vec![1, 2, 3, 4, 5]).ok().map(|it| it.items)
        };
        assert_eq!(cut(1, 2), Some(vec![1, 2]));
        assert_eq!(cut(3, 2), Some(vec![5]));
        assert_eq!(cut(4, 2), Some(vec![]));
        assert_eq!(cut(MAX_PAGE, MAX_PER_PAGE), Some(vec![]));
        assert_eq!(cut(1, 100), Some(vec![1, 2, 3, 4, 5]));
        for (page, per_page) in [(0, 1), (1, 0), (MAX_PAGE + 1, 1), (1, MAX_PER_PAGE + 1)] {
            assert_eq!(cut(page, per_page), None);
        }
    }
}
