//! Pages of a list: `?page=2&per_page=50`, and the `Link` header (RFC 8288) to the others.

use serde::Deserialize;
use tower_api_routes::ApiError;

const DEFAULT_PER_PAGE: u32 = 20;
const MAX_PER_PAGE: u32 = 100;

/// The query string of a list.
#[derive(Debug, Deserialize)]
pub(crate) struct PageQuery {
    page: Option<u32>,
    per_page: Option<u32>,
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    number: u32,
    /// From 1 to 100.
    size: u32,
}

impl PageQuery {
    /// # Errors
    ///
    /// 400 that names the parameter that is out of range.
    pub(crate) fn check(&self) -> Result<Page, ApiError> {
        let number = self.page.unwrap_or(1);
        let size = self.per_page.unwrap_or(DEFAULT_PER_PAGE);
        if number == 0 {
            return Err(ApiError::bad_request("invalid query: page: starts at 1"));
        }
        if !(1..=MAX_PER_PAGE).contains(&size) {
            return Err(ApiError::bad_request(format!(
                "invalid query: per_page: expected a number from 1 to {MAX_PER_PAGE}"
            )));
        }
        Ok(Page { number, size })
    }
}

impl Page {
    pub(crate) fn limit(self) -> i64 {
        i64::from(self.size)
    }

    pub(crate) fn offset(self) -> i64 {
        i64::from(self.number - 1) * self.limit()
    }

    /// The `Link` header of this page of `total` items.
    pub(crate) fn links(self, path: &str, total: i64) -> String {
        let number = i64::from(self.number);
        let last = total.div_euclid(self.limit()) + i64::from(total % self.limit() != 0);
        let last = last.max(1);
        let mut links = vec![(1, "first"), (last, "last")];
        if number > 1 {
            links.push(((number - 1).min(last), "prev"));
        }
        if number < last {
            links.push((number + 1, "next"));
        }
        let size = self.size;
        let links: Vec<_> = links
            .iter()
            .map(|(page, rel)| format!("<{path}?page={page}&per_page={size}>; rel=\"{rel}\""))
            .collect();
        links.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(page: impl Into<Option<u32>>, per_page: impl Into<Option<u32>>) -> Option<Page> {
        let query = PageQuery {
            page: page.into(),
            per_page: per_page.into(),
        };
        query.check().ok()
    }

    #[test]
    fn ranges() {
        let default = Page {
            number: 1,
            size: 20,
        };
        assert_eq!(page(None, None), Some(default));
        assert_eq!(page(0, None), None);
        assert_eq!(page(1, 0), None);
        assert_eq!(page(1, 101), None);
        assert_eq!(page(u32::MAX, 100).unwrap().offset(), 429_496_729_400);
    }

    #[test]
    fn links() {
        let rels = |number, total| {
            let links = page(number, 10).unwrap().links("/u", total);
            links
                .replace("</u?page=", "")
                .replace("&per_page=10>; rel=", " ")
                .replace('"', "")
        };
        assert_eq!(rels(1, 0), "1 first, 1 last");
        assert_eq!(rels(1, 10), "1 first, 1 last");
        assert_eq!(rels(1, 11), "1 first, 2 last, 2 next");
        assert_eq!(rels(2, 21), "1 first, 3 last, 1 prev, 3 next");
        assert_eq!(rels(3, 21), "1 first, 3 last, 2 prev");
        assert_eq!(rels(9, 21), "1 first, 3 last, 3 prev");
    }
}
