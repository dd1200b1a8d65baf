//! Threads, registers and stacks: `$l $L ::regs ::stack $c $C ::findstack`.

use super::writing::value_of;
use super::Builtin;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::generated;
use crate::modapi::{getopts, Arg, Opt};
use crate::out;
use crate::printf::with_radix;
use mdb_sys::*;

/// Most frames shown of a stack.
const MAX_FRAMES: usize = 100_000;

const STACK_HELP: &str =
    "Shows the frames of the representative thread, or those from the frame at the\n\
     address on. The number of arguments is accepted for compatibility: arguments\n\
     of functions are not recorded on this architecture. Frames of code that the\n\
     program has made for itself are shown by their functions if a module knows\n\
     them, with those that were inlined.\n";

/// The family.
pub const TABLE: &[Builtin] = &[
    Builtin {
        name: "$l",
        usage: "",
        description: "print the representative thread's lwp id",
        help: "",
        run: |m, _, _, args| threads(m, args, false),
    },
    Builtin {
        name: "$L",
        usage: "",
        description: "print list of the active lwp ids",
        help: "",
        run: |m, _, _, args| threads(m, args, true),
    },
    Builtin {
        name: "regs",
        usage: "?[-u]",
        description: "print general-purpose registers",
        help: REGS_HELP,
        run: regs,
    },
    Builtin {
        name: "$r",
        usage: "?[-u]",
        description: "print general-purpose registers",
        help: REGS_HELP,
        run: regs,
    },
    Builtin {
        name: "$?",
        usage: "",
        description: "print status and registers",
        help: "",
        run: status_and_regs,
    },
    Builtin {
        name: "stack",
        usage: "?[cnt]",
        description: "print stack backtrace",
        help: STACK_HELP,
        run: |m, addr, flags, args| stack(m, addr, flags, args, false),
    },
    Builtin {
        name: "$c",
        usage: "?[cnt]",
        description: "print stack backtrace",
        help: STACK_HELP,
        run: |m, addr, flags, args| stack(m, addr, flags, args, false),
    },
    Builtin {
        name: "$C",
        usage: "?[cnt]",
        description: "print stack backtrace",
        help: "Like $c, with the frame pointer of each frame.\n",
        run: |m, addr, flags, args| stack(m, addr, flags, args, true),
    },
    Builtin {
        name: "stackregs",
        usage: "?",
        description: "print stack backtrace and registers",
        help: "Registers of callers are not known; shows frame pointers, as $C does.\n",
        run: |m, addr, flags, args| stack(m, addr, flags, args, true),
    },
    Builtin {
        name: "findstack",
        usage: ":[-v]",
        description: "find stack for thread id",
        help: "Shows the frames of the thread whose id is the address.\n\
               \n\
               #OPTIONS\n\
               -v  accepted for compatibility\n",
        run: findstack,
    },
];

const REGS_HELP: &str = "Shows the registers of the thread whose id is the address, or of the\n\
     representative thread.\n";

fn threads(m: &Debugger, args: &[Arg], all: bool) -> i32 {
    if !args.is_empty() {
        return DCMD_USAGE;
    }
    let mut list = m.target().threads();
    if list.is_empty() {
        m.error(m.errno_text(Errno::NOPROC));
        return DCMD_ERR;
    }
    if !all {
        list.truncate(1);
    }
    for tid in list {
        let mut line = with_radix(tid, m.settings.radix.get(), false, false);
        line.push(b'\n');
        m.print(line);
    }
    DCMD_OK
}

/// Registers by name; 0 for one that is not known.
struct Values(Vec<(&'static str, u64)>);

impl Values {
    fn get(&self, name: &str) -> u64 {
        self.0.iter().find(|(n, _)| *n == name).map_or(0, |(_, value)| *value)
    }
}

fn regs(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut user = false;
    if getopts(m, args, &mut [Opt::Flag(b'u', &mut user)]) != args.len() {
        return DCMD_USAGE;
    }
    let tid = (flags & DCMD_ADDRSPEC != 0).then_some(addr);
    if m.target().threads().is_empty() {
        m.error(m.errno_text(Errno::NOPROC));
        return DCMD_ERR;
    }
    let Some(values) = m.registers(tid).map(Values) else {
        m.error_because("failed to get registers", Errno::NOTHREAD);
        return DCMD_ERR;
    };
    match m.word_size() {
        4 => regs_32(m, &values),
        _ => regs_64(m, &values),
    }
    DCMD_OK
}

fn regs_64(m: &Debugger, values: &Values) {
    let pairs = [
        ("rax", "r8 "),
        ("rbx", "r9 "),
        ("rcx", "r10"),
        ("rdx", "r11"),
        ("rsi", "r12"),
        ("rdi", "r13"),
    ];
    for (left, right) in pairs {
        let (l, r) = (values.get(left), values.get(right.trim()));
        out!(m, "%{left} = 0x{l:016x}\t%{right} = 0x{r:016x}\n");
    }
    for name in ["r14", "r15"] {
        out!(m, "{:25}\t%{name} = 0x{:016x}\n", "", values.get(name));
    }
    m.print("\n");
    for names in [["cs", "fs", "gs"], ["ds", "es", "ss"]] {
        let row: Vec<_> = names.iter().map(|n| format!("%{n} = 0x{:04x}", values.get(n))).collect();
        out!(m, "{}\n", row.join("\t"));
    }
    let rip = values.get("rip");
    out!(m, "\n%rip = 0x{rip:016x} {}\n", symbol(m, rip));
    for name in ["rbp", "rsp"] {
        out!(m, "%{name} = 0x{:016x}\n", values.get(name));
    }
    out!(m, "\n%rflags = 0x{:08x}\n", values.get("rflags"));
    flags(m, values.get("rflags"));
    for name in ["gsbase", "fsbase"] {
        out!(m, "%{name} = 0x{:016x}\n", values.get(name));
    }
    for (name, width) in [("trapno", 0), ("err", 2)] {
        // Linux records these two only in signal frames.
        if values.0.iter().any(|(n, _)| *n == name) {
            out!(m, "{:width$} %{name} = 0x{:x}\n", "", values.get(name));
        }
    }
}

fn regs_32(m: &Debugger, values: &Values) {
    let pairs = [("cs", "eax"), ("ds", "ebx"), ("es", "ecx"), ("fs", "edx"), ("gs", "esi")];
    for (left, right) in pairs {
        let (l, r) = (values.get(left), values.get(right));
        out!(m, "%{left} = 0x{l:04x}\t\t%{right} = 0x{r:08x} {}\n", symbol(m, r));
    }
    out!(m, "%ss = 0x{:04x}\t\t%edi = 0x{:08x}\n\n", values.get("ss"), values.get("edi"));
    let eip = values.get("eip");
    out!(m, " %eip = 0x{eip:08x} {}\n", symbol(m, eip));
    for name in ["ebp", "esp"] {
        out!(m, " %{name} = 0x{:08x}\n", values.get(name));
    }
    out!(m, "\n%eflags = 0x{:08x}\n", values.get("eflags"));
    flags(m, values.get("eflags"));
}

/// The symbol at an address, or nothing.
fn symbol(m: &Debugger, addr: u64) -> String {
    crate::printf::symbolic(addr, m).unwrap_or_default()
}

fn flags(m: &Debugger, value: u64) {
    let bit = |at: u32| value >> at & 1;
    out!(
        m,
        "  id={} vip={} vif={} ac={} vm={} rf={} nt={} iopl=0x{:x}\n",
        bit(21),
        bit(20),
        bit(19),
        bit(18),
        bit(17),
        bit(16),
        bit(14),
        value >> 12 & 3
    );
    // A flag that is set is written in capitals.
    let names = [
        ("of", 11),
        ("df", 10),
        ("if", 9),
        ("tf", 8),
        ("sf", 7),
        ("zf", 6),
        ("af", 4),
        ("pf", 2),
        ("cf", 0),
    ];
    let shown: Vec<String> = names
        .iter()
        .map(|(name, at)| if bit(*at) == 1 { name.to_uppercase() } else { name.to_string() })
        .collect();
    out!(m, "  status=<{}>\n\n", shown.join(","));
}

fn status_and_regs(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    if !args.is_empty() {
        return DCMD_USAGE;
    }
    for line in m.target().status_lines() {
        out!(m, "{line}\n");
    }
    regs(m, addr, flags, args)
}

/// Prints frames, which the one at `callee` has been called by, if that is given.
fn print_frames(
    m: &'static Debugger,
    frames: &[(u64, u64)],
    mut callee: Option<u64>,
    pointers: bool,
) {
    let word = m.word_size();
    let digits = 2 * word;
    for (fp, pc) in frames {
        let sp = callee.map(|callee| callee.wrapping_add(2 * word as u64));
        let mut lines = generated::functions(m, *fp, *pc, sp);
        callee = Some(*fp);
        if m.stopped().is_some() {
            return;
        }
        if lines.is_empty() {
            lines.push(format!("{}()", m.symbolic(*pc)));
        }
        for line in lines {
            match pointers {
                true => out!(m, "{fp:0digits$x} {line}\n"),
                false => out!(m, "{line}\n"),
            }
        }
    }
}

fn stack(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg], pointers: bool) -> i32 {
    match args {
        [] => {}
        [count] => {
            if let Err(text) = value_of(m, count) {
                return super::status(m, Err(text));
            }
        }
        _ => return DCMD_USAGE,
    }
    let target = m.target();
    let Some(tid) = target.threads().first().copied() else {
        m.error(m.errno_text(Errno::NOPROC));
        return DCMD_ERR;
    };
    let callee = (flags & DCMD_ADDRSPEC != 0).then_some(addr);
    let frames = match callee {
        Some(fp) => target.unwind_from(fp, MAX_FRAMES),
        None => target.unwind(tid, MAX_FRAMES),
    };
    print_frames(m, &frames, callee, pointers);
    DCMD_OK
}

fn findstack(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut verbose = false;
    let used = getopts(m, args, &mut [Opt::Flag(b'v', &mut verbose)]);
    if flags & DCMD_ADDRSPEC == 0 || used != args.len() {
        return DCMD_USAGE;
    }
    let target = m.target();
    let Some(registers) = target.registers(addr) else {
        m.error_because(format!("thread {addr:#x} not found"), Errno::NOTHREAD);
        return DCMD_ERR;
    };
    let values = Values(registers);
    let sp = values.get("rsp") | values.get("esp");
    out!(m, "stack pointer for thread {addr:x}: {sp:x}\n");
    m.with_sink(|sink| {
        sink.indent_by(2);
    });
    print_frames(m, &target.unwind(addr, MAX_FRAMES), None, true);
    m.finish_line();
    m.with_sink(|sink| {
        sink.indent_by(-2);
    });
    DCMD_OK
}
