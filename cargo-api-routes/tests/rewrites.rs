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
    Place::shop(
        &files
            .iter()
            .map(|it| (it.as_str(), GET))
            .collect::<Vec<_>>(),
    )
}

/// The routes of the paths, by `explain`.
fn routes(shop: &Place, paths: &[&str]) -> Vec<Option<String>> {
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
    let route = |line: &str| {
        let explained: Value = serde_json::from_str(line).unwrap();
        // A redirect is answered by Next.js itself, which has it too.
        let is_reached = explained["outcome"] == "handler";
        explained["route"]
            .as_str()
            .filter(|_| is_reached)
            .map(str::to_owned)
    };
    lines.lines().map(route).collect()
}

#[test]
fn next_js_hands_on_what_a_route_answers_and_nothing_else() {
    let shop = shop();
    let recorded: Value = serde_json::from_str(include_str!("rewrites/recorded.json")).unwrap();
    let printed = shop.run(&["rewrites"]);
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
    let routes = routes(&shop, &paths);
    assert_eq!(routes.len(), paths.len());
    let mut sources = std::collections::BTreeMap::new();
    for ((answer, path), route) in answers.iter().zip(&paths).zip(routes) {
        // The path arrives as the client sent it.
        assert_eq!(
            text(answer, "destination"),
            route.as_ref().map(|_| (*path).to_owned()),
            "{answer}"
        );
        // The rewrite of a route, and no other, hands on its paths.
        if let (Some(source), Some(route)) = (text(answer, "source"), route) {
            assert_eq!(
                sources.entry(source).or_insert_with(|| route.clone()),
                &route,
                "{answer}"
            );
        }
    }
    assert_eq!(sources.len(), 18);
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
