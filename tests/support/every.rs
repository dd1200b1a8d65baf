//! Every command with any address and any options.

use v8::mdb::args::{self, Arg, Opt, Takes};
use v8::mdb::command::{Call, Failure, Flow, Progress, Row};
use v8::mdb::output::{Out, Piece};
use v8::session::Session;
use v8::v8::memory::Target;
use v8::{COMMANDS, RUN};

/// Rounds of output that are asked of a command; no sound one has more to say of
/// the heaps of tests.
const ROUNDS: usize = 10_000;

/// Runs all commands; `choice` tells, in its lowest bits, whether the output goes into
/// a pipe and what operand is given, and in the others which options.
///
/// Fails on a command that says nothing of why it fails.
pub fn command(session: &mut Session, target: &dyn Target, addr: u64, choice: u64) {
    for (row, run) in COMMANDS.iter().zip(RUN) {
        let name = row.name.to_string_lossy();
        // It does what nothing else may.
        if name == "v8panic" {
            continue;
        }
        let given = options(row, choice >> 4);
        let (options, mut operands) =
            args::parse(given, row.options, 16).expect("the options are the command's");
        if choice & 2 == 2 && row.takes_operands() && !row.synopsis().contains("file") {
            operands.push(Arg::Text(["0", "a", "length"][(choice >> 2) as usize % 3].into()));
        }
        let addr = row.takes_address().then_some(addr);
        let call = Call { addr, dot: addr.unwrap_or(0), first: true, options, operands };
        let mut out = Out::new(choice & 1 == 1);
        let result = run(&call, session, target, &mut out).and_then(|flow| match flow {
            Flow::Done => Ok(()),
            Flow::More(mut step) => {
                for _ in 0..ROUNDS {
                    if step(session, target, &mut out)? == Progress::Done {
                        return Ok(());
                    }
                    out.take();
                }
                panic!("::{name} goes on and on");
            }
        });
        match result {
            Err(Failure::Message(message)) => assert!(!message.is_empty(), "::{name}"),
            Err(Failure::Reported) => {
                let told = |piece: &Piece| matches!(piece, Piece::Warning(_));
                assert!(out.take().iter().any(told), "::{name} fails and says nothing");
            }
            Err(Failure::Interrupted) => panic!("::{name} was not interrupted"),
            Ok(()) | Err(Failure::Usage) => {}
        }
    }
}

/// Some options, with values.
fn options(row: &Row, choice: u64) -> Vec<Arg> {
    let chosen = |(at, _): &(usize, &Opt)| choice >> (at % 64) & 1 == 1;
    let mut given = Vec::new();
    for (_, option) in row.options.iter().enumerate().filter(chosen) {
        given.push(Arg::Text(format!("-{}", option.letter)));
        match option.takes {
            Takes::Nothing => {}
            Takes::Number(_) => given.push(Arg::Number(choice % 7)),
            // Where no file can be made.
            Takes::Text("file") => given.push(Arg::Text("/dev/null/file".into())),
            Takes::Text(_) => given.push(Arg::Text("Object".into())),
        }
    }
    given
}
