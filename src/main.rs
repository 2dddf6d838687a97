//! The command line; see the library `promolint`.

fn main() -> std::process::ExitCode {
    promolint::cli::run(std::env::args_os().collect()).into()
}
