//! `rewrites` beside the routes: a path that Next.js hands on is one that a route answers, and the other way round.
//!
//! What `path-to-regexp` makes of the entries was recorded, see `rewrites/record.mjs`, for what this command prints today.

mod support;

use std::{io::Write, process::Stdio};

use serde_json::Value;
use support::Place;

const GET: &str = "pub async fn get() {}";

fn shop() -> Place {
    let files = [
        "index",
        "posts/index",
        "posts/new",
        "posts/[id]",
        "posts/[id]/likes",
        "docs/[...slug]",
        "shop/[[...path]]",
        "shop/cart",
        "teams/[team-id]/[member]",
        "c++",
        "v1.2",
        "a b",
        ".well-known/x",
        "file.json",
        "\u{fc}",
        "(group)/x/[name]",
        "x/[name]/[...rest]",
        "x/static/y",
    ];
    let files: Vec<_> = files.iter().map(|it| format!("{it}.rs")).collect();
    let mut files: Vec<_> = files.iter().map(|it| (it.as_str(), GET)).collect();
    // Dynamic ones in Next.js, of which all but the last lie above one that has moved.
    files.extend([
        ("docs/[id].js", ""),
        ("docs/(old)/[...page].js", ""),
        ("shop/[kind]/[name]/all.js", ""),
        ("carts/[id].js", ""),
    ]);
    let shop = Place::shop(&files);
    shop.write(
        "build.rs",
        "fn main() { build::compile(build::RouteDir::new(\"pages/api\").foreign()); }",
    );
    shop
}

/// Whose a path is.
#[derive(Debug, PartialEq, Eq)]
enum Answerer {
    /// The route in Rust of this pattern.
    Rust(String),
    NextJs,
    Nobody,
}

/// Who answers the paths, by `explain`.
fn answerers(shop: &Place, paths: &[&str]) -> Vec<Answerer> {
    let mut explain = shop.command(&["explain", "--json", "-"]);
    let mut explain = explain
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    explain
        .stdin
        .take()
        .unwrap()
        .write_all(paths.join("\n").as_bytes())
        .unwrap();
    let output = explain.wait_with_output().unwrap().stdout;
    let lines = String::from_utf8(output).unwrap();
    let answerer = |line: &str| {
        let explained: Value = serde_json::from_str(line).unwrap();
        match explained["outcome"].as_str().unwrap() {
            "handler" => Answerer::Rust(explained["route"].as_str().unwrap().to_owned()),
            "foreign" => Answerer::NextJs,
            // A redirect is answered by Next.js itself, which has it too.
            _ => Answerer::Nobody,
        }
    };
    lines.lines().map(answerer).collect()
}

#[test]
fn next_js_hands_on_what_a_route_answers_and_nothing_else() {
    let shop = shop();
    let recorded: Value = serde_json::from_str(include_str!("rewrites/recorded.json")).unwrap();
    let printed = shop.run(&["rewrites", "--origin", "http://127.0.0.1:3000"]);
    let printed: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(
        printed, recorded["rewrites"],
        "record again, see rewrites/record.mjs"
    );

    let answers = recorded["answers"].as_array().unwrap();
    let text = |answer: &Value, key: &str| answer[key].as_str().map(str::to_owned);
    let paths: Vec<_> = answers
        .iter()
        .filter_map(|it| it["path"].as_str())
        .collect();
    assert!(paths.len() > 30);
    let answerers = answerers(&shop, &paths);
    assert_eq!(answerers.len(), paths.len());
    let mut sources = std::collections::BTreeMap::new();
    let mut led_back = Vec::new();
    for ((answer, path), answerer) in answers.iter().zip(&paths).zip(answerers) {
        // The path arrives as the client sent it.
        let source = text(answer, "source");
        let destination = text(answer, "destination");
        let stays = answer["stays"] == true;
        assert!(
            destination.as_deref().is_none_or(|it| it == *path),
            "{answer}"
        );
        match answerer {
            // The rewrite of a route, and no other, hands on its paths.
            Answerer::Rust(route) => {
                assert!(!stays && destination.is_some(), "{answer}");
                let known = sources
                    .entry(source.unwrap())
                    .or_insert_with(|| route.clone());
                assert_eq!(*known, route, "{answer}");
            }
            Answerer::NextJs => {
                assert!(stays || source.is_none(), "{answer}");
                led_back.extend(source);
            }
            Answerer::Nobody => assert!(source.is_none(), "{answer}"),
        }
    }
    assert_eq!(sources.len(), 18);
    led_back.dedup();
    assert_eq!(
        led_back,
        [
            "/api/docs/:p0",
            r"/api/docs/:p0(\(old\))/:p1+",
            "/api/shop/:p0/:p1/all"
        ]
    );
}

#[test]
fn a_module_exports_the_entries_for_the_mount_and_the_origin() {
    let shop = Place::shop(&[("posts/[id].rs", GET)]);
    let module = shop.run(&[
        "rewrites",
        "--module",
        "--origin",
        "http://rust:8080",
        "--mount",
        "/v1",
    ]);
    assert_eq!(
        module.stdout,
        "export async function rewrites() {\n  return {\n  \"beforeFiles\": [],\n  \"afterFiles\": [\n    \
         { \"source\": \"/v1/posts/:p0\", \"destination\": \"http://rust:8080/v1/posts/:p0\" }\n  ]\n};\n}\n"
    );
    assert_eq!(module.code, 0);
}

#[test]
fn an_origin_is_a_url() {
    let shop = Place::shop(&[("a.rs", "pub async fn get() {}")]);
    for (origin, code) in [
        ("http://127.0.0.1:4000", 0),
        ("https://example.com/", 0),
        ("not a url", 2),
        ("localhost:4000", 2),
        ("/rust", 2),
        ("", 2),
    ] {
        let done = shop.run(&["rewrites", "--origin", origin]);
        assert_eq!(done.code, code, "{origin}: {done:?}");
    }
}
