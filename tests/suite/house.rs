//! The house's own rules (ARCHITECTURE.md): who may import whom.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

/// Crate → the crates of ours, and the kinds of outside crates, it may name.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1", "--offline"])
        .current_dir(root)
        .output()
        .expect("cargo metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let names = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
        dependencies
            .filter(|dependency| dependency["kind"].is_null())
            .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
            .collect()
    };
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages.map(|package| (package["name"].as_str().expect("a name").to_owned(), names(package))).collect()
}

fn ours(crate_name: &str) -> Vec<String> {
    let all = dependencies();
    all[crate_name].iter().filter(|name| all.contains_key(*name)).cloned().collect()
}

#[test]
fn each_crate_imports_only_what_the_house_allows() {
    assert_eq!(ours("domain"), Vec::<String>::new());
    assert_eq!(ours("functions"), ["domain"]);
    assert_eq!(ours("generator"), ["domain", "functions", "pictures", "search"]);
    assert_eq!(ours("pictures"), Vec::<String>::new());
    assert_eq!(ours("search"), Vec::<String>::new());
}

#[test]
fn the_domain_does_no_input_or_output() {
    let pure = [
        "email_address",
        "hex",
        "hmac",
        "idna",
        "jiff",
        "num-bigint",
        "num-rational",
        "rustc-hash",
        "serde",
        "sha2",
        "thiserror",
        "unicode-normalization",
    ];
    assert_eq!(dependencies()["domain"], pure, "is the new one free of I/O, clock and randomness?");
    for (path, source) in sources("domain/src") {
        for forbidden in [
            "std::fs",
            "net::Tcp",
            "net::Udp",
            "std::env",
            "std::process",
            "std::time",
            "::now()",
            "async fn",
            "println!",
        ] {
            assert!(!source.contains(forbidden), "{path} uses {forbidden}");
        }
    }
}

#[test]
fn only_serve_and_the_desk_ask_the_functions() {
    for (path, source) in sources("generator/src") {
        let may = path.contains("/serve") || path.contains("/desk");
        assert!(may || !source.contains("functions::"), "{path} imports functions");
    }
}

/// Path from the root, content.
fn sources(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("below the root").display().to_string();
                found.push((relative, fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}
