//! Whole runs of the program: a folder with input, the command, everything it prints. `TRYCMD=overwrite cargo test --test cli` writes
//! the expectations anew; then put `[..]` where it wrote seconds (`sed -i -E 's/[0-9.]+ s$/[..] s/; s/"seconds":[0-9.]+/"seconds":[..]/'
//! tests/cmd/*.std* tests/cmd/*.trycmd`), and read the difference before you commit it.

#[test]
fn commands() {
    let cache = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .env("GITHUB_ACTIONS", "")
        .env("GITLAB_CI", "")
        .env("PROMOLINT_CACHE_DIR", cache)
        .env("CI", "0")
        .case("tests/cmd/*.toml")
        .case("tests/cmd/*.trycmd");
}
