//! The client in TypeScript: `REQUIRE_NODE=1 cargo test -p openapi`.

use std::{fs, path::Path};

use super::{
    TOKEN, server,
    tool::{Workshop, is_required},
};

const FILES: [&str; 7] = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "src/client.ts",
    "src/main.ts",
    "wrong/tsconfig.json",
    "wrong/wrong.ts",
];

/// A copy of `client/`, with what npm installs and the types of the document as it is committed.
fn client() -> Workshop {
    let workshop = Workshop::new("client");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in FILES {
        let copy = workshop.path(name);
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(here.join("client").join(name), copy).unwrap();
    }
    let lock = fs::read_to_string(workshop.path("package-lock.json")).unwrap();
    workshop.once(&lock, |it| {
        it.run(
            "npm",
            &["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        );
    });
    let document = here.join("openapi.json");
    let generator = "node_modules/openapi-typescript/bin/cli.js";
    let document = document.to_str().unwrap();
    workshop.run(
        "node",
        &[generator, document, "--output", "src/schema.d.ts"],
    );
    workshop
}

const TSC: &str = "node_modules/typescript/bin/tsc";

#[test]
fn a_client_in_typescript_has_the_types_of_the_routes() {
    if !is_required("REQUIRE_NODE", &["node", "npm"]) {
        return;
    }
    let client = client();
    let types = fs::read_to_string(client.path("src/schema.d.ts")).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("client/src/schema.d.ts");
    let committed = fs::read_to_string(committed).unwrap_or_default();
    assert_eq!(
        types, committed,
        "renew it with `npm run generate` in `client`"
    );
    client.run("node", &[TSC, "--project", "."]);

    let server = server();
    let printed = client.run("node", &["dist/main.js", &server.url(""), TOKEN]);
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            "user 1 at /api/users/1",
            "409 email: belongs to another user",
            "order 2: 3900 cents, open",
            "invoice: 204",
            "invoice: two of ABC-1234",
            "order 2: cancelled",
            "users: Ada of 1",
            "401 Unauthorized",
        ]
    );

    let wrong = client.output("node", &[TSC, "--project", "wrong"]);
    assert!(!wrong.status.success());
    let errors = String::from_utf8(wrong.stdout).unwrap();
    let errors: Vec<_> = errors
        .lines()
        .filter_map(|line| line.strip_prefix("wrong/wrong.ts("))
        .collect();
    for (error, place) in errors.iter().zip(["7,", "8,", "9,", "11,", "14,"]) {
        assert!(error.starts_with(place), "{place}: {errors:#?}");
    }
    assert_eq!(errors.len(), 5, "{errors:#?}");
}
