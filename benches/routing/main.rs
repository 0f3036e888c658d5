//! Nanoseconds and allocations per lookup, beside other routers on the same routes and paths.
//!
//! `cargo bench --bench routing` prints the allocations first. Every router gets whole paths with
//! their leading slash, and gives back the value and the parameters.

use std::{hint::black_box, iter::zip};

use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};
use tower_api_routes::routing::{Pattern, RouteTree};

mod sets;

/// As many lookups are made in turn, so that no branch predictor learns them by heart.
const LOOKUPS: usize = 8192;

struct Routers {
    ours: RouteTree<usize>,
    matchit: matchit::Router<usize>,
    wayfind: wayfind::Router<usize>,
    path_tree: path_tree::PathTree<usize>,
}

impl Routers {
    fn new(routes: &[String]) -> Self {
        let mut ours = RouteTree::new();
        let mut matchit = matchit::Router::new();
        let mut wayfind = wayfind::RouterBuilder::new();
        let mut path_tree = path_tree::PathTree::new();
        for (id, route) in routes.iter().enumerate() {
            ours.insert(Pattern::parse(route).unwrap(), id).unwrap();
            matchit
                .insert(spell(route, ["{", "}", "{*", "}"]), id)
                .unwrap();
            wayfind
                .insert(&spell(route, ["<", ">", "<*", ">"]), id)
                .unwrap();
            let _ = path_tree.insert(&spell(route, [":", "", ":", "+"]), id);
        }
        Self {
            ours,
            matchit,
            wayfind: wayfind.build(),
            path_tree,
        }
    }

    /// All routers must agree before they race.
    fn check(&self, path: &str, expected: Option<usize>) {
        let ours = self.ours.at(below_root(path)).map(|it| *it.value);
        assert_eq!(ours, expected, "{path}");
        let matchit = self.matchit.at(path).ok().map(|it| *it.value);
        assert_eq!(matchit, expected, "matchit {path}");
        let wayfind = self.wayfind.search(path).map(|it| *it.data());
        assert_eq!(wayfind, expected, "wayfind {path}");
        let path_tree = self.path_tree.find(path).map(|it| *it.0);
        assert_eq!(path_tree, expected, "path-tree {path}");
    }

    fn all_miss(&self, path: &str) -> bool {
        self.ours.at(below_root(path)).is_none()
            && self.matchit.at(path).is_err()
            && self.wayfind.search(path).is_none()
            && self.path_tree.find(path).is_none()
    }
}

/// Writes a route as another router spells it: around a parameter, around a catch-all.
fn spell(route: &str, [open, close, open_all, close_all]: [&str; 4]) -> String {
    let segments = route.split('/').map(|segment| {
        if let Some(name) = segment.strip_prefix("[...") {
            format!("{open_all}{}{close_all}", name.trim_end_matches(']'))
        } else if let Some(name) = segment.strip_prefix('[') {
            format!("{open}{}{close}", name.trim_end_matches(']'))
        } else {
            segment.to_owned()
        }
    });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

fn below_root(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// Random numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }
}

fn hit(route: &str, random: &mut Random) -> String {
    let values = [
        "7",
        "1347",
        "octocat",
        "hello-world",
        "6dcb09b5b57875f334f6",
        "main",
        "x_y.z",
    ];
    let segments = route
        .split('/')
        .map(|segment| match segment.strip_prefix('[') {
            Some(name) if name.starts_with("...") => "src/some/deep/file.rs",
            Some(_) => values[random.below(values.len())],
            None => segment,
        });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// A path that begins like a route and goes wrong somewhere.
fn miss(hit: &str, random: &mut Random) -> String {
    let mut segments: Vec<&str> = hit.split('/').collect();
    match random.below(3) {
        0 => segments.extend(["nowhere", "x", "y", "z"]),
        1 => segments[1] = "nowhere",
        _ => segments.insert(2, "nowhere"),
    }
    segments.join("/")
}

fn bench_set(criterion: &mut Criterion, name: &str, routes: &[String]) {
    let routers = Routers::new(routes);
    let mut random = Random(42);
    let mut hits = Vec::new();
    let mut misses = Vec::new();
    while hits.len() < LOOKUPS {
        let id = random.below(routes.len());
        let path = hit(&routes[id], &mut random);
        // A value can be the text of another route: `users/me`.
        if routers.ours.at(below_root(&path)).map(|it| *it.value) == Some(id) {
            routers.check(&path, Some(id));
            let missed = miss(&path, &mut random);
            if routers.all_miss(&missed) {
                misses.push(missed);
            }
            hits.push(path);
        }
    }
    for (kind, paths) in [("hits", hits), ("misses", misses)] {
        count_allocations(&format!("{name}/{kind}"), &routers, &paths);
        let mut group = criterion.benchmark_group(format!("{name}/{kind}"));
        lookups(&mut group, "tower-api-routes", &paths, |path| {
            routers.ours.at(below_root(path))
        });
        lookups(&mut group, "matchit", &paths, |path| {
            routers.matchit.at(path)
        });
        lookups(&mut group, "wayfind", &paths, |path| {
            routers.wayfind.search(path)
        });
        lookups(&mut group, "path-tree", &paths, |path| {
            routers.path_tree.find(path)
        });
        group.finish();
    }
}

fn lookups<'p, R>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    paths: &'p [String],
    find: impl Fn(&'p str) -> R,
) {
    let mut turn = paths.iter().cycle();
    group.bench_function(name, |bencher| {
        bencher.iter(|| find(black_box(turn.next().unwrap())));
    });
}

fn count_allocations(name: &str, routers: &Routers, paths: &[String]) {
    let count = |find: &dyn Fn(&str)| {
        let info = allocation_counter::measure(|| paths.iter().for_each(|path| find(path)));
        info.count_total as f64 / paths.len() as f64
    };
    let names = ["tower-api-routes", "matchit", "wayfind", "path-tree"];
    let counts = [
        count(&|path| drop(black_box(routers.ours.at(below_root(path))))),
        count(&|path| drop(black_box(routers.matchit.at(path)))),
        count(&|path| drop(black_box(routers.wayfind.search(path)))),
        count(&|path| drop(black_box(routers.path_tree.find(path)))),
    ];
    for (router, count) in zip(names, counts) {
        println!("{name}/{router}: {count:.2} allocations per lookup");
    }
}

fn routing(criterion: &mut Criterion) {
    let owned = |routes: &[&str]| routes.iter().map(ToString::to_string).collect::<Vec<_>>();
    bench_set(criterion, "api-12", &owned(sets::API));
    bench_set(criterion, "static-100", &sets::statics());
    bench_set(criterion, "github", &owned(sets::GITHUB));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(std::time::Duration::from_millis(500))
        .measurement_time(std::time::Duration::from_secs(2));
    targets = routing
}
criterion_main!(benches);
