//! Cores by the kernel, by gdb and by this program.

use super::*;

fn open(core: &Path) -> Target {
    Target::open(None, Some(core)).unwrap()
}

fn gdb_core(dir: &Dir, pid: i32) -> Option<PathBuf> {
    let prefix = dir.path("gdb");
    let made = Command::new("gcore").arg("-o").arg(&prefix).arg(pid.to_string()).output();
    let path = dir.path(&format!("gdb.{pid}"));
    if made.is_err() || !path.exists() {
        eprintln!("skipped: no gcore here");
        return None;
    }
    Some(path)
}

#[test]
fn kernel_core_of_an_abort() {
    let dir = Dir::new();
    for flags in [["-pie", "-fPIE"], ["-no-pie", "-fno-pie"]] {
        let program = dir.compile(&flags);
        let Some((core, output)) = dir.crash(&program, "abort") else { return };
        let target = open(&core);
        assert!(target.warnings().is_empty(), "{:?}", target.warnings());
        assert_eq!((target.kind(), target.width()), (Kind::Core, Width::Bits64));
        assert_eq!(target.threads().len(), 4);
        assert_eq!(target.threads()[0], target.pid().unwrap() as u64);
        let truth = Truth::parse(&output);
        truth.check(&target);
        check_stack(&stack(&target, 1));

        let object = &target.objects()[0];
        assert!(object.executable);
        assert_eq!(object.path, program.to_str().unwrap());
        for name in ["sample", "a.out", &object.path.clone()] {
            assert_eq!(target.object_named(name), Some(0));
            let symbol = target.symbol_by_name(Some(name), "initialized").unwrap();
            assert_eq!((symbol.sym.st_value, symbol.sym.st_size), (truth.initialized, 4));
        }
        let local = target.symbol_by_name(None, "local_data").unwrap();
        assert_eq!((local.sym.st_value, local.dynamic), (truth.local_data, false));
        let inside = target.symbol_by_addr(truth.zeroed + 700, 0).unwrap();
        assert_eq!((inside.name, inside.sym.st_value), ("zeroed", truth.zeroed));
        assert!(target.symbol_by_addr(truth.heap, 0).is_none());
        let abort = target.symbol_by_name(Some("libc"), "abort").unwrap();
        assert!(abort.dynamic && target.objects()[abort.object].path.contains("libc.so"));
        assert!(target.symbol_by_name(None, "no such symbol").is_none());

        let mut from_file = [0; 4];
        target.read_file(truth.initialized, &mut from_file).unwrap();
        assert_eq!(u32::from_le_bytes(from_file), 0x1122_3344);

        let lines = target.status_lines();
        assert_eq!(lines[0], "debugging core file of sample (64-bit)");
        assert_eq!(lines[1], format!("file: {}", object.path));
        assert_eq!(lines[2], format!("initial argv: {} abort", object.path));
        assert_eq!(lines[3], "threading model: native threads");
        let pid = target.pid().unwrap();
        let status = format!("status: process terminated by SIGABRT (Abort), pid={pid} uid=");
        assert!(lines[5].starts_with(&status), "{lines:?}");
        assert!(lines[5].ends_with(" code=-6"), "{lines:?}");
    }
}

#[test]
fn every_way_to_die_has_its_status() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    for (how, status) in [
        ("segv", "status: process terminated by SIGSEGV (Segmentation Fault), addr=1234"),
        ("call", "status: process terminated by SIGSEGV (Segmentation Fault), addr=10"),
        ("trap", "status: process terminated by SIGTRAP (Trace/Breakpoint Trap)"),
    ] {
        let Some((core, _)) = dir.crash(&program, how) else { return };
        let target = open(&core);
        assert_eq!(target.status_lines().last().unwrap(), status);
        check_stack(&stack(&target, 1));
    }
}

#[test]
fn a_handler_on_its_own_stack_is_unwound() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, _)) = dir.crash(&program, "handler") else { return };
    let names = stack(&open(&core), 1);
    check_stack(&names);
    assert!(names.contains(&"on_usr1".to_owned()), "{names:?}");
}

#[test]
fn marks_stack_and_heap() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, output)) = dir.crash(&program, "segv") else { return };
    let target = open(&core);
    let truth = Truth::parse(&output);
    let holder = |addr: u64| {
        let holds = |m: &&Mapping| m.base <= addr && addr - m.base < m.size;
        target.mappings().iter().find(holds).unwrap()
    };
    assert!(holder(truth.heap).flags.contains(MapFlags::BREAK));
    assert!(holder(register(&target, 1, "rsp")).flags.contains(MapFlags::STACK));
    assert_eq!(holder(truth.constant).name.as_deref(), program.to_str());
    assert!(holder(truth.heap).name.is_none());
    assert!(holder(register(&target, 1, "rip")).flags.contains(MapFlags::EXEC));
}

#[test]
fn core_of_gdb() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let running = Running::start(&program, "wait");
    let Some(core) = gdb_core(&dir, running.pid()) else { return };
    let target = open(&core);
    assert!(target.warnings().is_empty(), "{:?}", target.warnings());
    running.truth.check(&target);
    check_stack(&stack(&target, 1));
    assert_eq!(target.threads().len(), 4);
    let lines = target.status_lines();
    assert_eq!(lines.last().unwrap(), "status: process core file generated with gcore");
    // gdb does not note the arguments of a process that it did not start.
    assert_eq!(lines[2], format!("initial argv: {} wait", program.display()));
}

#[test]
fn own_core_holds_what_the_process_held() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let running = Running::start(&program, "wait");
    let live = Target::attach(running.pid(), false).unwrap();
    let path = dir.path("own");
    let mut last = (0, 1);
    let size = live.write_core(&path, &mut |done, total| {
        assert!(done <= total);
        last = (done, total);
        true
    });
    let size = size.unwrap();
    assert_eq!(last.0, last.1);
    let meta = std::fs::metadata(&path).unwrap();
    assert_eq!(meta.len(), size);
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777, 0o600);

    let target = open(&path);
    assert!(target.warnings().is_empty(), "{:?}", target.warnings());
    running.truth.check(&target);
    check_stack(&stack(&target, 1));
    assert_eq!(target.threads(), live.threads());
    for tid in live.threads() {
        assert_eq!(target.registers(tid), live.registers(tid));
        assert_eq!(target.unwind(tid, 100), live.unwind(tid, 100));
    }
    // Every readable page, whether it is in the core or in a file.
    let special = |m: &&Mapping| m.name.as_ref().is_none_or(|name| !name.starts_with("[v"));
    for mapping in live.mappings().iter().filter(special) {
        let (mut a, mut b) = ([0; 4096], [0; 4096]);
        for page in (mapping.base..mapping.base + mapping.size).step_by(4096) {
            if mapping.flags.contains(MapFlags::READ) && live.read(page, &mut a).is_ok() {
                assert_eq!(target.read(page, &mut b), Ok(()), "{page:x} {mapping:x?}");
                assert!(a == b, "{page:x} {mapping:x?}");
            }
        }
    }
    let lines = target.status_lines();
    assert_eq!(lines.last().unwrap(), "status: process core file generated with gcore");
    assert_eq!(lines[2], format!("initial argv: {} wait", program.display()));

    // gdb is the judge of the format, where there is one.
    let mut gdb = Command::new("gdb");
    gdb.args(["-batch", "-nx", "-ex", "bt", "-ex", "info threads"]).arg(&program).arg(&path);
    if let Ok(output) = gdb.output() {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains("in deepest ()") && text.contains("in main ()"), "{text}");
        assert_eq!(text.matches("LWP").count() - text.matches("New LWP").count(), 5, "{text}");
    }
}

#[test]
fn a_core_is_never_left_half_written() {
    let dir = Dir::new();
    let running = Running::start(&dir.compile(&[]), "wait");
    let mut live = Target::attach(running.pid(), false).unwrap();
    let path = dir.path("own");
    let error = live.write_core(&path, &mut |done, _| done == 0).unwrap_err();
    assert_eq!(error, format!("failed to write core {}: interrupted", path.display()));
    assert!(!path.exists());
    std::fs::write(&path, "precious").unwrap();
    let error = live.write_core(&path, &mut |_, _| true).unwrap_err();
    assert!(error.ends_with(": File exists"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    // Killed before, and in the middle.
    for moment in [0, 1] {
        let mut running = Running::start(&dir.compile(&[]), "wait");
        let mut live = Target::attach(running.pid(), false).unwrap();
        let path = dir.path(&format!("killed-{moment}"));
        if moment == 0 {
            running.child.kill().unwrap();
            while procfs::maps(running.pid()).is_ok_and(|lines| !lines.is_empty()) {
                std::thread::yield_now();
            }
        }
        let error = live.write_core(&path, &mut |done, _| {
            if done > 0 {
                running.child.kill().unwrap();
            }
            true
        });
        let text = format!("failed to write core {}: the process has ended", path.display());
        assert_eq!(error, Err(text));
        assert!(!path.exists());
        live.detach();
        running.child.wait().ok();
    }
    live.detach();
    let error = live.write_core(&dir.path("other"), &mut |_, _| true).unwrap_err();
    assert!(error.ends_with("the target is not a live process"), "{error}");
}

#[test]
fn a_replaced_executable_is_not_used() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, output)) = dir.crash(&program, "abort") else { return };
    dir.compile(&["-DOTHER", "-fstack-protector-all"]);
    let target = open(&core);
    let [warning] = target.warnings() else { panic!("{:?}", target.warnings()) };
    let start = format!("{} does not match: the process had build id ", program.display());
    assert!(warning.starts_with(&start), "{warning}");
    assert_eq!(target.objects()[0].path, program.to_str().unwrap());
    assert!(target.symbol_by_name(None, "initialized").is_none());
    let truth = Truth::parse(&output);
    let mut text = [0; 13];
    assert_eq!(target.read(truth.constant, &mut text), Err(MemError::NoMap));
    assert!(target.read(truth.heap, &mut text[..11]).is_ok());

    // The right file under another name serves.
    dir.compile(&[]);
    std::fs::rename(&program, dir.path("moved")).unwrap();
    let target = open(&core);
    let [warning] = target.warnings() else { panic!("{:?}", target.warnings()) };
    let start = format!("failed to open {}: No such file or directory: ", program.display());
    assert!(warning.starts_with(&start), "{warning}");
    let target = Target::open(Some(&dir.path("moved")), Some(&core)).unwrap();
    assert!(target.warnings().is_empty(), "{:?}", target.warnings());
    truth.check(&target);
}

#[test]
fn a_replaced_executable_of_a_gdb_core_is_found_by_its_layout() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let running = Running::start(&program, "wait");
    let Some(core) = gdb_core(&dir, running.pid()) else { return };
    drop(running);
    dir.compile(&["-static"]);
    let target = open(&core);
    assert!(target.warnings()[0].contains("does not match: "), "{:?}", target.warnings());
}

#[test]
fn a_core_that_names_no_files() {
    let dir = Dir::new();
    let program = dir.compile(&[]);
    let Some((core, output)) = dir.crash(&program, "segv") else { return };
    let mut bytes = std::fs::read(&core).unwrap();
    // As kernels before 3.7 made them: the note of mapped files becomes one of an unknown type.
    let kind = 0x4649_4c45u32.to_le_bytes();
    let at = bytes.windows(9).position(|w| w[..4] == kind && &w[4..] == b"CORE\0").unwrap();
    bytes[at..at + 4].fill(0xee);
    std::fs::write(&core, &bytes).unwrap();
    std::fs::rename(&program, dir.path("moved")).unwrap();
    let target = open(&core);
    let text = format!("failed to open {}: No such file or directory", program.display());
    assert_eq!(target.warnings(), [text]);
    std::fs::rename(dir.path("moved"), &program).unwrap();
    for executable in [None, Some(program.as_path())] {
        let target = Target::open(executable, Some(&core)).unwrap();
        assert!(target.warnings().is_empty(), "{:?}", target.warnings());
        Truth::parse(&output).check(&target);
        check_stack(&stack(&target, 1));
        assert_eq!(target.objects()[0].path, program.to_str().unwrap());
        // What the kernel maps at places of its own is known without names.
        let is_kernels = |name: &str| matches!(name, "[vdso]" | "[vsyscall]");
        assert!(target.mappings().iter().all(|m| m.name.as_deref().is_none_or(is_kernels)));
    }
}

#[test]
fn thirty_two_bit_cores() {
    let dir = Dir::new();
    let Some(program) = dir.compile_32() else { return };
    let Some((core, _)) = dir.crash(&program, "crash") else { return };
    let check = |target: &Target| {
        assert_eq!(target.width(), Width::Bits32);
        assert!(target.warnings().is_empty(), "{:?}", target.warnings());
        let mut word = [0; 4];
        let initialized = target.symbol_by_name(None, "initialized").unwrap().sym;
        target.read(initialized.st_value, &mut word).unwrap();
        assert_eq!(u32::from_le_bytes(word), 0x1122_3344);
        let zeroed = target.symbol_by_name(None, "zeroed").unwrap().sym;
        target.read(zeroed.st_value + 5000, &mut word).unwrap();
        assert_eq!(word, [7, 0, 0, 0]);
        assert_eq!(stack(target, 1)[..3], ["deepest", "middle", "start"]);
        let header = target.xdata("ehdr").unwrap();
        assert_eq!((header.len(), header[4], header[18]), (64, 1, 3));
    };
    let target = open(&core);
    check(&target);
    let status = target.status_lines();
    assert_eq!(status[0], "debugging core file of sample32 (32-bit)");
    assert!(
        status[5].starts_with("status: process terminated by SIGILL (Illegal Instruction), addr=8")
    );

    let mut child = Command::new(&program).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let live = Target::attach(child.id() as i32, false).unwrap();
    check(&live);
    let own = dir.path("own");
    live.write_core(&own, &mut |_, _| true).unwrap();
    let target = open(&own);
    check(&target);
    assert_eq!(target.registers(1), live.registers(1));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_executable_alone() {
    let dir = Dir::new();
    let program = dir.compile(&["-no-pie", "-fno-pie"]);
    let target = Target::open(Some(&program), None).unwrap();
    assert_eq!(target.kind(), Kind::Executable);
    let symbol = target.symbol_by_name(None, "constant").unwrap().sym;
    let mut text = [0; 13];
    target.read(symbol.st_value, &mut text).unwrap();
    assert_eq!(&text, b"constant text");
    let lines = target.status_lines();
    assert_eq!(lines[0], "debugging executable file (64-bit)");
    assert!(target.threads().is_empty() && target.unwind(1, 10).is_empty());
}

#[test]
fn what_is_missing_is_said() {
    let dir = Dir::new();
    let error = |path: &Path| Target::open(None, Some(path)).err().unwrap();
    let missing = dir.path("missing");
    let text = format!("failed to open {}: No such file or directory", missing.display());
    assert_eq!(error(&missing), text);
    let plain = dir.path("plain");
    std::fs::write(&plain, "text").unwrap();
    assert_eq!(error(&plain), format!("{} is not an ELF file", plain.display()));
    std::fs::write(&plain, "").unwrap();
    assert_eq!(error(&plain), format!("{} is not an ELF file", plain.display()));
    assert_eq!(error(&dir.0), format!("failed to open {}: Is a directory", dir.0.display()));
    let program = dir.compile(&[]);
    assert_eq!(error(&program), format!("cannot debug {}: not a core file", program.display()));
}

#[test]
fn the_empty_target_reads_zeros() {
    let mut buf = [1; 4];
    assert_eq!(Target::none().read(0x1000, &mut buf), Ok(()));
    assert_eq!(buf, [0; 4]);
}
