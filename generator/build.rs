//! The reference theme is embedded: a file added to it or removed must be seen.

fn main() {
    println!("cargo::rerun-if-changed=../themes/parvis");
}
