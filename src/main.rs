//! The command line; see the library `promolint`.

/// Small things are made and dropped by the million: with the system's allocator a short run takes half as long again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    promolint::cli::run(std::env::args_os().collect()).into()
}
