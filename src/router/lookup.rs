//! From the target of a request to its route.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use http::{Method, Request, Response, Uri, Version, uri::PathAndQuery};

use super::{endpoint::RouteEndpoint, options::TrailingSlash, slashed};
use crate::{
    route::{MatchedRoute, Route, Settings},
    routing::{Captures, Match, RouteTree, path},
};

/// What a router is made of.
pub(super) struct Routes {
    /// Empty, or `/` and segments without a `/` at the end.
    pub(super) mount: String,
    /// What is put in front of the path of a redirect; written as the mount is.
    pub(super) outer_prefix: String,
    pub(super) tree: RouteTree<Served>,
    /// What answers in place of the router's own 404.
    pub(super) fallback: Option<Served>,
    /// No other service answers below the mount.
    pub(super) claims_mount: bool,
    pub(super) trailing_slash: TrailingSlash,
    pub(super) max_segments: usize,
    pub(super) settings: Arc<Settings>,
    /// The router's own 404, to be cloned; `None` where the application writes its errors itself.
    pub(super) not_found: Option<Arc<Response<Bytes>>>,
}

/// A route and what stands behind it.
pub(super) struct Served {
    pub(super) route: Arc<Route>,
    pub(super) endpoint: RouteEndpoint,
    #[cfg(feature = "openapi")]
    pub(super) describe: Option<crate::openapi::probe::DescribeFile>,
}

/// What a router makes of a request target.
pub(crate) enum Lookup<'r> {
    Found(Found<'r>),
    /// The router answers; with the route that would have, if there is one.
    Refused(Refusal, Option<Box<MatchedRoute>>),
    /// No route, and no other service that may have one.
    NotFound,
    /// Another service is to answer.
    Elsewhere,
}

/// Why no handler is reached.
pub(crate) enum Refusal {
    /// 308 to the same resource under its one spelling.
    Redirect(String),
    /// A parameter that cannot be decoded.
    Malformed,
    /// More segments than are allowed.
    TooLong,
}

/// A route, and what a path means to it.
pub(crate) struct Found<'r> {
    pub(super) served: &'r Served,
    /// Where the path below the mount begins.
    pub(super) offset: usize,
    pub(super) captures: Captures,
    /// Something of what was captured is percent-encoded.
    is_escaped: bool,
}

impl Found<'_> {
    /// `path` is the one that was looked up, or begins with it.
    #[inline]
    pub(super) fn matched(self, path: Option<&PathAndQuery>) -> MatchedRoute {
        let route = Arc::clone(&self.served.route);
        MatchedRoute::new(route, path, self.offset, self.captures)
    }

    #[cold]
    fn refused<'r>(self, refusal: Refusal, path: Option<&PathAndQuery>) -> Lookup<'r> {
        Lookup::Refused(refusal, Some(Box::new(self.matched(path))))
    }

    /// From the first byte that was captured on.
    #[inline]
    fn captured_in<'p>(&self, path: &'p str) -> &'p str {
        self.captures.get(0).map_or("", |first| {
            path.get(self.offset + first.start..).unwrap_or_default()
        })
    }
}

impl Routes {
    /// Finds the route of `request`. `alone` is a router that answers for the whole server, rather than
    /// in front of another service: it redirects to clean paths whether a route is there or not.
    #[inline]
    pub(super) fn lookup<B>(&self, request: &Request<B>, alone: bool) -> Lookup<'_> {
        let uri = request.uri();
        if !alone && !self.may_be_below_mount(uri.path()) {
            return Lookup::Elsewhere;
        }
        let found = if self.trailing_slash == TrailingSlash::Require {
            slashed::as_served(uri.path()).and_then(|path| self.find(path, uri, alone))
        } else {
            self.find(uri.path(), uri, alone)
        };
        if request.method() == Method::CONNECT {
            return match found {
                Some(Lookup::Found(it)) if may_connect(request.version(), &it.served.route) => {
                    Lookup::Found(it)
                }
                _ if alone => Lookup::NotFound,
                _ if self.is_foreign(uri.path()) => Lookup::Elsewhere,
                _ if self.claims(uri.path()) => Lookup::NotFound,
                _ => Lookup::Elsewhere,
            };
        }
        found.unwrap_or_else(|| self.lookup_unclean(uri, alone))
    }

    /// Looks up a path as it stands: that of the URI, or what it begins with. A router that stands `alone` has
    /// nobody for the foreign routes, and no route there.
    #[inline]
    fn find(&self, path: &str, uri: &Uri, alone: bool) -> Option<Lookup<'_>> {
        let found = self.at(path)?;
        if found.served.route.is_foreign {
            return (!alone).then_some(Lookup::Elsewhere);
        }
        if found.is_escaped && !path::is_well_formed(found.captured_in(path)) {
            return Some(found.refused(Refusal::Malformed, uri.path_and_query()));
        }
        if found.served.route.catch_all
            && path::segment_count(path.trim_start_matches('/')) > self.max_segments
        {
            return Some(found.refused(Refusal::TooLong, uri.path_and_query()));
        }
        Some(Lookup::Found(found))
    }

    /// The route of a path as it stands, whether its parameters can be decoded or not.
    #[inline]
    pub(super) fn at(&self, path: &str) -> Option<Found<'_>> {
        let below = self.below_mount(path)?;
        let Match {
            value: served,
            captures,
            ..
        } = self.tree.at(below)?;
        let mut found = Found {
            served,
            offset: path.len() - below.len(),
            captures,
            is_escaped: false,
        };
        // What stands in a static name is clean; what was captured may be anything.
        let captured = found.captured_in(path).as_bytes();
        match memchr::memchr2(b'%', b'\\', captured) {
            Some(_) if captured.contains(&b'\\') => return None,
            escaped => found.is_escaped = escaped.is_some(),
        }
        Some(found)
    }

    /// The path below the mount, without the slash between them.
    #[inline]
    fn below_mount<'p>(&self, path: &'p str) -> Option<&'p str> {
        let rest = path.strip_prefix(self.mount.as_str())?;
        match rest.strip_prefix('/') {
            // The root of a mount has one spelling: `/api`, and `/` where there is none.
            Some("") if !self.mount.is_empty() => None,
            None if rest.is_empty() && !self.mount.is_empty() => Some(rest),
            below => below,
        }
    }

    /// Whether the path begins with the letter that the mount begins with, however many slashes come
    /// before: what most requests for another service do not.
    #[inline]
    pub(super) fn may_be_below_mount(&self, path: &str) -> bool {
        let first = path.bytes().find(|byte| !matches!(byte, b'/' | b'\\'));
        let mount = self.mount.as_bytes().get(1).copied();
        mount.is_none() || first == mount
    }

    /// Whether the path belongs to another service's route, whatever its slashes.
    fn is_foreign(&self, path: &str) -> bool {
        let clean = clean(path);
        let found = self.at(clean.as_deref().unwrap_or(path));
        found.is_some_and(|found| found.served.route.is_foreign)
    }

    /// Whether the router answers for this clean path, in front of another service too.
    fn claims(&self, path: &str) -> bool {
        self.claims_mount && self.below_mount(path).is_some()
    }

    /// A path that matches nothing as it stands.
    #[inline(never)]
    fn lookup_unclean(&self, uri: &Uri, alone: bool) -> Lookup<'_> {
        let path = uri.path();
        if !path.starts_with('/') {
            return if alone {
                Lookup::NotFound
            } else {
                Lookup::Elsewhere
            };
        }
        let clean = clean(path);
        let plain = clean.as_deref().unwrap_or(path);
        let is_other = clean.is_some() || self.trailing_slash == TrailingSlash::Require;
        let found = match is_other.then(|| self.at(plain)).flatten() {
            // Another service has this path, and its own mind on slashes.
            Some(found) if found.served.route.is_foreign && !alone => return Lookup::Elsewhere,
            found => found.filter(|found| !found.served.route.is_foreign),
        };
        let alone = alone || self.claims(plain);
        let target = match self.trailing_slash {
            TrailingSlash::Redirect => clean.clone(),
            TrailingSlash::Require => slashed::target(path, plain),
            TrailingSlash::Ignore | TrailingSlash::Strict => None,
        };
        if let Some(target) = target.filter(|_| alone || found.is_some()) {
            let matched = found.map(|found| {
                let path = PathAndQuery::try_from(plain);
                Box::new(found.matched(path.as_ref().ok()))
            });
            // One step at a time, as Next.js does it: first the doubled slashes, then the last one.
            let step = path::collapse(path).map_or(target, Cow::Owned);
            return Lookup::Refused(Refusal::Redirect(self.outside(&step, uri)), matched);
        }
        if self.trailing_slash == TrailingSlash::Ignore
            && let Some(Cow::Borrowed(clean)) = clean
            && let Some(found) = self.find(clean, uri, alone)
        {
            return found;
        }
        if !alone {
            Lookup::Elsewhere
        } else if !path::is_well_formed(path) {
            Lookup::Refused(Refusal::Malformed, None)
        } else {
            Lookup::NotFound
        }
    }

    /// The path as clients send it, and the query byte for byte as it was sent.
    fn outside(&self, path: &str, uri: &Uri) -> String {
        let prefix = &self.outer_prefix;
        match uri.query() {
            Some(query) => format!("{prefix}{path}?{query}"),
            None => format!("{prefix}{path}"),
        }
    }

    /// The route of a path under whatever spelling the router takes for it: at once, or after a redirect.
    pub(super) fn at_any_spelling<'p>(&self, path: &'p str) -> Option<(Found<'_>, Cow<'p, str>)> {
        if let Some(found) = self.at(path) {
            return (!found.served.route.is_foreign).then_some((found, Cow::Borrowed(path)));
        }
        if self.trailing_slash == TrailingSlash::Strict || !self.may_be_below_mount(path) {
            return None;
        }
        let clean = clean(path)?;
        if self.trailing_slash == TrailingSlash::Ignore && matches!(clean, Cow::Owned(_)) {
            return None;
        }
        let found = self.at(&clean)?;
        (!found.served.route.is_foreign).then_some((found, clean))
    }

    /// What answers a request that no route answers, besides the router itself. Dot segments reach no
    /// handler, and none can open a tunnel.
    pub(super) fn fallback_for<B>(&self, request: &Request<B>) -> Option<&Served> {
        let fallback = self.fallback.as_ref()?;
        let path = request.uri().path().strip_prefix('/')?;
        (request.method() != Method::CONNECT && !path::segments(path).any(path::is_dot_segment))
            .then_some(fallback)
    }
}

/// Whether `route` may answer a request with the method CONNECT: a server takes any 2xx for the start of
/// a tunnel (RFC 9110, section 9.3.6). From HTTP/2 on, CONNECT opens WebSockets (RFC 8441), on routes that
/// ask for it.
fn may_connect(version: Version, route: &Route) -> bool {
    version >= Version::HTTP_2 && route.config.takes_connect()
}

/// A path without its doubled slashes, backslashes and the slash at its end; borrowed where that one is all
/// that goes, and `None` where nothing does.
fn clean(path: &str) -> Option<Cow<'_, str>> {
    let Some(mut collapsed) = path::collapse(path) else {
        return path::trim_trailing_slash(path).map(Cow::Borrowed);
    };
    if let Some(length) = path::trim_trailing_slash(&collapsed).map(str::len) {
        collapsed.truncate(length);
    }
    Some(Cow::Owned(collapsed))
}
