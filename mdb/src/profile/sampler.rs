//! Taking samples of a live process: it is stopped for each one only as long as it
//! takes to read the stack.

use super::Profile;
use crate::debugger::Debugger;
use crate::generated;
use crate::target::{Object, Target};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Frames of a stack that are followed.
const MAX_FRAMES: usize = 2048;
/// How often it is looked for code that was made meanwhile.
const MAPPINGS: Duration = Duration::from_secs(1);
/// The longest sleep: ^C is noticed afterwards.
const NAP: Duration = Duration::from_millis(50);

/// What to sample, and how.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The thread.
    pub tid: u64,
    /// For how long.
    pub duration: Duration,
    /// Time from one sample to the next.
    pub interval: Duration,
    /// Whether a thread that waits counts too.
    pub idle_too: bool,
}

/// How long the thread stood still for each sample.
#[derive(Debug, Default)]
pub struct Pauses(Vec<Duration>);

impl Pauses {
    /// The pause that so many of a thousand are not longer than.
    pub fn at_most(&self, of_thousand: usize) -> Duration {
        let mut all = self.0.clone();
        all.sort_unstable();
        let last = all.len().saturating_sub(1);
        all.get((all.len() * of_thousand / 1000).min(last)).copied().unwrap_or_default()
    }
}

/// Samples a thread of a process that runs. `progress` is told the part of the time
/// that is over, in thousandths, and stops it early by returning false.
///
/// # Errors
///
/// Why there is no more: the process has ended, or cannot be stopped.
pub fn sample(
    m: &'static Debugger,
    plan: &Plan,
    profile: &mut Profile,
    pauses: &mut Pauses,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), String> {
    let start = Instant::now();
    let mut names = HashMap::new();
    let mut looked = start;
    let mut next = start;
    loop {
        next += plan.interval;
        // A sample that came late does not make the following ones come faster.
        next = next.max(Instant::now());
        loop {
            let done = start.elapsed().as_millis() * 1000 / plan.duration.as_millis().max(1);
            if !progress(done as u64) {
                return Ok(());
            }
            let Some(left) = next.checked_duration_since(Instant::now()) else { break };
            std::thread::sleep(left.min(NAP));
        }
        if start.elapsed() >= plan.duration {
            return Ok(());
        }
        let target = m.target();
        if !plan.idle_too && !target.is_on_cpu(plan.tid)? {
            profile.idle += 1;
            continue;
        }
        drop(target);
        let stack = one(m, plan.tid, pauses, &mut names)?;
        profile.add(&stack);
        if looked.elapsed() > MAPPINGS {
            looked = Instant::now();
            change(m, |target| {
                target.look_at_mappings();
                Ok(())
            })?;
        }
    }
}

fn change<T>(
    m: &'static Debugger,
    what: impl FnOnce(&mut Target) -> Result<T, String>,
) -> Result<T, String> {
    m.with_target_mut(what).unwrap_or_else(|errno| Err(m.errno_text(errno)))
}

/// The frames of a thread as they are now, the innermost first.
fn one(
    m: &'static Debugger,
    tid: u64,
    pauses: &mut Pauses,
    names: &mut HashMap<u64, String>,
) -> Result<Vec<String>, String> {
    let start = Instant::now();
    change(m, |target| target.hold(tid))?;
    // What a module knows of the heap can be asked for only while nothing moves.
    let generated = generated::stack(m);
    change(m, |target| {
        target.let_go();
        Ok(())
    })?;
    pauses.0.push(start.elapsed());
    let native = m.target().unwind(tid, MAX_FRAMES);
    Ok(merged(&native, generated, |pc| {
        names.entry(pc).or_insert_with(|| native_name(m, pc)).clone()
    }))
}

/// The function of native code, without the distance from it; where no symbol tells,
/// the file it is of.
fn native_name(m: &'static Debugger, pc: u64) -> String {
    let symbol = m.symbolic(pc);
    if !symbol.starts_with("0x") {
        return without_distance(&symbol).to_owned();
    }
    let target = m.target();
    let holds = |object: &&Object| pc.wrapping_sub(object.base) < object.size;
    let object = target.objects().iter().find(holds).map(|object| object.path.as_str());
    let file = object.map(|path| path.rsplit('/').next().unwrap_or(path));
    file.map_or_else(|| "[unknown]".to_owned(), |file| format!("{file}`[unknown]"))
}

/// The native frames and those of generated code as one stack; both have the innermost
/// first, each with its frame pointer. A frame that both have is the module's.
fn merged(
    native: &[(u64, u64)],
    generated: Vec<(u64, String)>,
    mut name: impl FnMut(u64) -> String,
) -> Vec<String> {
    let mut stack = Vec::with_capacity(native.len().max(generated.len()));
    let mut generated = generated.into_iter().peekable();
    for (fp, pc) in native {
        let mut known = false;
        while let Some((at, text)) = generated.next_if(|(at, _)| at <= fp) {
            known |= at == *fp;
            stack.push(text);
        }
        if !known {
            stack.push(name(*pc));
        }
    }
    stack.extend(generated.map(|(_, text)| text));
    stack
}

fn without_distance(symbol: &str) -> &str {
    symbol.rsplit_once("+0x").map_or(symbol, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stacks_are_merged_by_frame_pointer() {
        let text = |text: &str| text.to_owned();
        let native = [(16, 1), (32, 2), (64, 3), (96, 4)];
        let generated =
            vec![(32, text("inlined")), (32, text("f")), (48, text("g")), (64, text("h"))];
        let stack = merged(&native, generated, |pc| format!("n{pc}"));
        assert_eq!(stack, ["n1", "inlined", "f", "g", "h", "n4"]);
        let stack = merged(&native[..1], vec![(32, text("f"))], |pc| format!("n{pc}"));
        assert_eq!(stack, ["n1", "f"], "where the unwinder gives up, the module goes on");
        assert!(merged(&[], Vec::new(), |_| String::new()).is_empty());
    }

    #[test]
    fn names() {
        assert_eq!(without_distance("libc.so.6`malloc+0x1f"), "libc.so.6`malloc");
        assert_eq!(without_distance("v8::Foo::operator+"), "v8::Foo::operator+");
    }

    #[test]
    fn pauses_in_order() {
        let pauses = Pauses([5, 1, 3, 2, 4].map(Duration::from_millis).to_vec());
        assert_eq!(pauses.at_most(500), Duration::from_millis(3));
        assert_eq!(pauses.at_most(1000), Duration::from_millis(5));
        assert_eq!(Pauses::default().at_most(500), Duration::ZERO);
    }
}
