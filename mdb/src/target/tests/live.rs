//! Live processes: stopped, read, written, and let go as they were.

use super::*;

#[test]
fn attach_read_write_detach() {
    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "wait");
    let mut target = Target::attach(running.pid(), true).unwrap();
    assert!(target.warnings().is_empty(), "{:?}", target.warnings());
    assert_eq!((target.kind(), target.pid()), (Kind::Live, Some(running.pid())));
    assert_eq!(running.state(), 't');
    assert_eq!(target.threads().len(), 4);
    assert_eq!(target.threads()[0], running.pid() as u64);
    running.truth.check(&target);
    check_stack(&stack(&target, 1));
    assert!(target.objects()[0].executable);
    assert_eq!(target.mappings().iter().filter(|m| m.flags.contains(MapFlags::STACK)).count(), 1);
    let lines = target.status_lines();
    assert_eq!(lines[0], format!("debugging PID {} (64-bit)", running.pid()));
    assert_eq!(lines.last().unwrap(), "status: stopped by debugger");

    target.write(running.truth.initialized, &0xabcdu32.to_le_bytes()).unwrap();
    // Read-only memory too: breakpoints are made so.
    target.write(running.truth.constant, b"C").unwrap();
    target.detach();
    assert_eq!(target.read(running.truth.heap, &mut [0]), Err(MemError::NoMap));
    assert!(target.stood_still().is_some_and(|time| time > Duration::ZERO));
    assert_eq!(running.ask(), "received 0 data abcd");
}

#[test]
fn reads_say_how_far_they_came() {
    let dir = Dir::new();
    let running = Running::start(&dir.compile(&[]), "wait");
    let mut target = Target::attach(running.pid(), false).unwrap();
    assert_eq!(target.read(0, &mut [0; 8]), Err(MemError::NoMap));
    assert_eq!(target.read(u64::MAX, &mut [0; 8]), Err(MemError::NoMap));
    let stack = target.mappings().iter().find(|m| m.flags.contains(MapFlags::STACK)).unwrap();
    let end = stack.base + stack.size;
    assert_eq!(target.read(end - 100, &mut [0; 5000]), Err(MemError::Partial(100)));
    assert_eq!(target.read(end - 100, &mut []), Err(MemError::NoMap));
    assert_eq!(target.write(running.truth.initialized, &[1]), Err(MemError::ReadOnly));
}

#[test]
fn a_stopped_process_stays_stopped() {
    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "wait");
    running.signal("STOP");
    while running.state() != 'T' {
        std::thread::yield_now();
    }
    for _ in 0..3 {
        let target = Target::attach(running.pid(), false).unwrap();
        assert_eq!(target.threads().len(), 4);
        drop(target);
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(running.state(), 'T');
    }
    running.signal("CONT");
    assert_eq!(running.ask(), "received 0 data 11223344");
}

#[test]
fn no_signal_is_lost() {
    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "wait");
    let pid = running.pid().to_string();
    let script = "i=0; while [ $i -lt 2000 ]; do kill -RTMIN $0; i=$((i+1)); done";
    let mut sender = Command::new("bash").args(["-c", script, &pid]).spawn().unwrap();
    let mut rounds = 0;
    while sender.try_wait().unwrap().is_none() {
        drop(Target::attach(running.pid(), false).unwrap());
        rounds += 1;
    }
    assert!(rounds > 0);
    assert_eq!(running.ask(), "received 2000 data 11223344");
}

#[test]
fn threads_that_come_and_go() {
    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "churn");
    for _ in 0..30 {
        let target = Target::attach(running.pid(), false).unwrap();
        let mut seen = target.threads();
        seen.sort_unstable();
        let dead = |tid: &i32| procfs::is_dead(running.pid(), *tid);
        let there = procfs::threads(running.pid()).into_iter().filter(|tid| !dead(tid));
        assert_eq!(seen, there.map(|tid| tid as u64).collect::<Vec<_>>());
    }
    assert_eq!(running.ask(), "received 0 data 11223344");
}

#[test]
fn a_deleted_executable_is_still_read() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let running = Running::start(&program, "wait");
    std::fs::remove_file(&program).unwrap();
    let target = Target::attach(running.pid(), false).unwrap();
    assert!(target.warnings().is_empty(), "{:?}", target.warnings());
    assert_eq!(target.objects()[0].path, program.to_str().unwrap());
    check_stack(&stack(&target, 1));
    // A core must hold what no file holds any more.
    let own = dir.path("own");
    target.write_core(&own, &mut |_, _| true).unwrap();
    drop(target);
    let target = Target::open(None, Some(&own)).unwrap();
    assert!(target.warnings()[0].contains("was deleted before the core was made"));
    running.truth.check(&target);
}

#[test]
fn refusals_are_explained() {
    let error = |pid: i32| Target::attach(pid, false).err().unwrap();
    assert_eq!(error(0), "cannot attach to 0: not a process id");
    assert_eq!(error(i32::MAX), format!("cannot attach to {}: No such process", i32::MAX));
    let me = std::process::id() as i32;
    assert_eq!(error(me), format!("cannot attach to {me}: it is this debugger"));

    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "wait");
    let pid = running.pid();
    let target = Target::attach(pid, false).unwrap();
    // The number is that of the tracing thread of this test.
    let text = format!("cannot attach to {pid}: it is already being traced by process ");
    assert!(error(pid).starts_with(&text));
    drop(target);
    running.child.kill().unwrap();
    while running.state() != 'Z' {
        std::thread::yield_now();
    }
    assert_eq!(error(pid), format!("cannot attach to {pid}: it has exited and is a zombie"));
}

#[test]
fn a_process_that_dies_meanwhile_does_no_harm() {
    let dir = Dir::new();
    let mut running = Running::start(&dir.compile(&[]), "wait");
    let mut target = Target::attach(running.pid(), false).unwrap();
    running.child.kill().unwrap();
    while target.read(running.truth.heap, &mut [0]).is_ok() {
        std::thread::yield_now();
    }
    assert_eq!(target.read(running.truth.heap, &mut [0]), Err(MemError::NoMap));
    target.detach();
    // This test is both its parent and its tracer: detaching has already taken note of its end.
    running.child.wait().ok();
}
