//! From start to exit with one small file: what an editor or a commit hook waits for.

#![allow(clippy::print_stdout)]

mod support;

use std::process::Command;
use support::{corpus, measure, run};

fn main() {
    if !support::asked_for() {
        return;
    }
    let post = corpus::markdown();
    let empty = corpus::file("empty.md", || "\n".to_owned());
    let rounds = support::rounds(40);
    let mut programs: Vec<(&str, Command)> = vec![
        ("promolint check post.md (5 KB)", run::check_with_binary(&post)),
        ("promolint check empty.md", run::check_with_binary(&empty)),
        ("promolint rules", with(run::binary(), &["rules"])),
        ("promolint --version", with(run::binary(), &["--version"])),
        ("true", Command::new("true")),
    ];
    let mut rg = Command::new("rg");
    rg.args(["-n", "-i", "hubspot|guaranteed results|official partner"]).arg(&post);
    if Command::new("rg").arg("--version").stdout(std::process::Stdio::null()).status().is_ok() {
        programs.push(("rg, three words", rg));
    }
    let mut walls: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    let mut cpus: Vec<Vec<f64>> = vec![Vec::new(); programs.len()];
    for _ in 0..rounds {
        for (i, (_, command)) in programs.iter_mut().enumerate() {
            walls[i].push(measure::wall(command) * 1000.0);
            cpus[i].push(measure::program(command).cpu * 1000.0);
        }
    }
    println!("{rounds} rounds, in turn; milliseconds, median (least to most); goal: the first under 30 on the wall");
    for ((name, _), (wall, cpu)) in programs.iter().zip(walls.iter().zip(&cpus)) {
        println!("{name:32} wall {}   processor {}", measure::spread(wall.iter().copied()), measure::spread(cpu.iter().copied()));
    }
    println!(
        "Without a finding and without text, `empty.md` is the price of packs and prefilter; `rules` loads the packs but builds no prefilter for a document."
    );
}

fn with(mut command: Command, args: &[&str]) -> Command {
    command.current_dir(std::env::temp_dir()).args(args);
    command
}
