//! Transcripts of the built-in commands on a core.

mod support;

use support::*;

/// Runs commands and compares standard output with lines in which `~` stands
/// for any run of characters.
fn check(commands: &str, expected: &str) {
    let run = eval(commands);
    let lines: Vec<&str> = run.out.lines().collect();
    let wanted: Vec<&str> = expected.lines().map(str::trim_start).collect();
    let wanted = wanted.strip_prefix(&[""][..]).unwrap_or(&wanted);
    assert_eq!(lines.len(), wanted.len(), "{commands}:\n{}{}", run.out, run.err);
    for (line, pattern) in lines.iter().zip(wanted) {
        assert!(fits(line.trim_start(), pattern), "{line:?} is not {pattern:?}");
    }
}

fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('~');
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

fn error(commands: &str) -> String {
    let run = eval(commands);
    assert_eq!(run.status, 1, "{commands} succeeded:\n{}", run.out);
    run.err
}

#[test]
fn status() {
    check(
        "::status",
        "debugging core file of victim (64-bit)
         file: ~/victim
         initial argv: ~/victim
         threading model: ~
         threads: 1
         status: process terminated by SIGABRT (Abort), pid=~ uid=~ code=~",
    );
}

#[test]
fn formats_of_memory() {
    check("greeting/s", "greeting:\ngreeting:       hello, world");
    check("greeting+7/s", "greeting+7:     world");
    check("greeting/5c", "greeting:\ngreeting:       hello");
    check("numbers/J", "numbers:\nnumbers:        1               ");
    check(
        "numbers,3/J",
        "numbers:
         numbers:        1               2               3               ",
    );
    // A fourth does not fit the line.
    check(
        "numbers,4/J",
        "numbers:
         numbers:        1               2               3               
         1122334455667788 ",
    );
    check("numbers/2Jn2J", "numbers:\nnumbers:        1               2               \n3               1122334455667788 ");
    check("numbers+0t24/XX", "numbers+0x18:   55667788        11223344        ");
    check("counter/D", "counter:\ncounter:        7               ");
    check("counter/B", "counter:\ncounter:        7       ");
    check("first/p", "first:\nfirst:          second             ");
    check("first/K8+K", "first:\nfirst:          ~    ~    ");
    // What does not fit a line begins a new one.
    let digits = "0123456789".repeat(7);
    check("long_text/S", &format!("long_text:\nlong_text:      \n{digits}"));
    check("counter?D", "counter:\ncounter:        7               ");
    check("numbers/R", "numbers:\nnumbers:        1");
    check(
        "numbers+8/j",
        "numbers+8:      10\n                |\n                +--- bit 1 mask 0x2",
    );
}

#[test]
fn formats_of_values() {
    for (commands, text) in [
        ("7=D", "7               "),
        ("-1=D", "-1              "),
        ("-1=U", "4294967295      "),
        ("-1=J", "ffffffffffffffff "),
        ("-1=d", "-1      "),
        ("-1=e", "-1                   "),
        ("0t255=X", "ff              "),
        ("0t255=B", "ff      "),
        ("8=O", "010             "),
        ("12345678=H", "78563412        "),
        ("1234=h", "3412    "),
        ("41=c", "A"),
        ("a=C", "\\n"),
        ("main=p", "main               "),
        ("main+4=p", "main+4             "),
        ("0=Y", "1970 Jan  1 00:00:00    "),
        ("0t1.5=F", "+1.5000000000000000e+00 "),
        ("5=R", "101"),
        ("1=\"one\"", "one"),
    ] {
        let run = eval(commands);
        assert_eq!(run.out, format!("{:16}{text}\n", ""), "{commands}: {}", run.err);
    }
}

#[test]
fn formats_that_fail() {
    let unreadable = "mdb: failed to read data from target: no mapping for address\n";
    assert_eq!(error("0/X"), unreadable);
    assert_eq!(error("1=`"), "mdb: invalid format character -- '`'\n");
    let message = "mdb: failed to read instruction from target: no mapping for address\n";
    assert_eq!(error("0/i"), message);
    assert_eq!(error("5="), "mdb: expected one or more format characters following '='\n");
    assert_eq!(
        error("5\\X"),
        "mdb: failed to read data from target: operation not supported by target\n"
    );
    assert_eq!(
        error("counter/W 5"),
        format!(
            "mdb: failed to write 0x5 at address {}: target is not open for writing\n",
            addr("counter")
        )
    );
    assert_eq!(error("main/W zap"), "mdb: failed to dereference symbol: unknown symbol name\n");
    assert_eq!(error("*0=X"), "mdb: failed to read from address 0: no mapping for address\n");
}

/// Instructions begin where binutils' disassembler has them begin, and are the
/// same ones.
#[test]
fn instructions() {
    let output = std::process::Command::new("objdump")
        .args(["-d", "--disassemble=main"])
        .arg(victim())
        .output()
        .expect("binutils are installed");
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    // Address, bytes and text; the rest of a long instruction has no text.
    let rows: Vec<(u64, &str)> = listing
        .lines()
        .filter_map(|line| {
            let mut fields = line.trim_start().split('\t');
            let addr = u64::from_str_radix(fields.next()?.strip_suffix(':')?, 16).ok()?;
            Some((addr, fields.nth(1)?.split(' ').next()?))
        })
        .collect();
    assert!(rows.len() > 5, "{listing}");
    let printed = eval("main::dis").out;
    let lines: Vec<_> = printed.lines().collect();
    assert!(lines.len() >= rows.len(), "{printed}");
    for (line, (addr, mnemonic)) in lines.iter().zip(&rows) {
        let (place, text) = line.split_once(':').expect("places end in a colon");
        let offset = match place.split_once('+') {
            Some((_, hex)) => u64::from_str_radix(hex.trim_start_matches("0x"), 16).unwrap(),
            None => 0,
        };
        assert_eq!((place.split('+').next(), offset), (Some("main"), addr - rows[0].0), "{line}");
        // Of the suffixes that tell the size, one has more than the other.
        let shown = text.trim_start().split(' ').next().unwrap_or("");
        let stem = |word: &str| word.trim_end_matches(['b', 'w', 'l', 'q']).to_owned();
        assert_eq!(stem(shown), stem(mnemonic), "{line} is {mnemonic}");
    }
}

/// Address of a symbol as `0x...`.
fn addr(symbol: &str) -> String {
    let run = eval(&format!("{symbol}=J"));
    format!("0x{}", run.out.trim())
}

#[test]
fn searches() {
    let found = eval("numbers/M 3; .=p").out;
    assert!(found.contains("numbers+0x10"), "{found}");
    let found = eval("numbers/L 3; .=p").out;
    assert!(found.contains("numbers+0x10"), "{found}");
    assert_eq!(error("0/L 3"), "mdb: failed to find a match: no mapping for address\n");
}

#[test]
fn stacks_and_registers() {
    let run = eval("$c");
    let frames: Vec<&str> =
        run.out.lines().filter(|l| l.starts_with("deep+") || l.starts_with("main+")).collect();
    assert_eq!(frames.len(), 5, "{}", run.out);
    assert!(frames[0].starts_with("deep+0x") && frames[0].ends_with("()"), "{}", run.out);
    let run = eval("$C");
    assert!(
        run.out.lines().all(|l| l.split(' ').next().is_some_and(|p| p.len() == 16)),
        "{}",
        run.out
    );
    let run = eval("::regs");
    assert_eq!(run.status, 0);
    assert!(
        run.out.contains("%rax = 0x0000000000000000\t%r8  = 0x")
            || run.out.contains("%rax = 0x0000000000000000       %r8  = 0x"),
        "{}",
        run.out
    );
    assert!(run.out.contains("%rflags = 0x00000"), "{}", run.out);
    assert!(run.out.contains("  status=<of,df,IF,tf,sf,"), "{}", run.out);
    let run = eval("<rsp=J; ::walk thread | ::findstack; $l; $L");
    assert!(run.out.contains("stack pointer for thread "), "{}", run.out);
    assert_eq!(
        error("99999999::regs"),
        "mdb: failed to get registers: invalid thread identifier\n"
    );
    let from = eval("<rbp$c");
    assert_eq!(from.status, 0, "{}", from.err);
}

#[test]
fn mappings_and_objects() {
    check(
        "main::mappings",
        "BASE            LIMIT             SIZE NAME
         ~ ~ ~ ~/victim",
    );
    check("<rsp$m", "BASE            LIMIT             SIZE NAME\n~ [ stack ]");
    assert_eq!(error("0::mappings"), "mdb: failed to obtain mapping: no mapping for address\n");
    let run = eval("::objects");
    assert!(run.out.lines().nth(1).unwrap().ends_with("/victim"), "{}", run.out);
    assert!(run.out.contains("/libc.so.6"), "{}", run.out);
    let run = eval("::mappings victim");
    assert!(run.out.lines().skip(1).all(|l| l.ends_with("/victim")), "{}", run.out);
}

#[test]
fn symbols() {
    check(
        "greeting::nm",
        "Value              Size               Type  Bind  Other Shndx    Name
         0x~|0x000000000000000d|OBJT |GLOB |0x0  |~|greeting",
    );
    check("counter::nm -h -f name,size -d", "counter|4                   ");
    assert_eq!(error("0::nm"), "mdb: 0: no symbol corresponds to address\n");
    let run = eval("::nm -h -g -n -t objt -f name victim");
    let names: Vec<&str> = run.out.lines().collect();
    assert!(names.contains(&"counter") && names.contains(&"numbers"), "{}", run.out);
    assert!(names.is_sorted() && !names.contains(&"main"), "{}", run.out);
    assert!(error("::nm nope").contains("unknown object file name"));
    assert_eq!(
        eval("greeting+3::whatis")
            .out
            .split(" is ")
            .nth(1)
            .map(|s| s.starts_with("greeting+3, in ")),
        Some(true)
    );
    assert_eq!(eval("0::whatis").out, "0 is unknown\n");
}

#[test]
fn dumps() {
    let run = eval("numbers,20::dump -g 8");
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.out);
    assert!(lines[0]
        .trim_start()
        .starts_with("\\/ 1 2 3 4 5 6 7  8 9 a b c d e f  v123456789abcdef"));
    assert!(
        lines[1].ends_with(":  0100000000000000 0200000000000000  ................"),
        "{}",
        run.out
    );
    let run = eval("greeting::dump -t -l 5");
    assert!(run.out.lines().nth(1).unwrap().contains("68656c6c 6f"), "{}", run.out);
    assert_eq!(error("0::dump"), "mdb: failed to read data at 0x0: no mapping for address\n");
    assert!(error("main::dump -g 3").contains("invalid group size"));
}

#[test]
fn variables() {
    check("5>x; <x+1=D", "6               ");
    check("1234>/c/x; <x=X", "34              ");
    check("::typeset y; 7::typeset -t z; ::vars -t", "z = 7");
    assert_eq!(
        error("<nope=X"),
        "mdb: variable 'nope' is not defined on line 1 of (string) near \"<nope\"\n"
    );
    assert_eq!(error("5>a-b"), "mdb: '-' may not be used in a variable name\n");
    assert_eq!(error("5>rip"), "mdb: cannot modify read-only variable 'rip'\n");
    assert_eq!(error("5>thread"), "mdb: cannot modify read-only variable 'thread'\n");
    assert_eq!(error("::unset 9"), "mdb: cannot remove persistent variable '9'\n");
    assert_eq!(error("::unset q"), "mdb: variable 'q' is not defined\n");
    let long = "v".repeat(31);
    assert_eq!(error(&format!("5>{long}")), "mdb: variable names may not exceed 30 characters\n");
    let run = eval("5>x; $v");
    assert!(run.out.contains("\nx = 5\n") && run.out.contains("rip = "), "{}", run.out);
}

#[test]
fn settings() {
    check("$d; 0t10$d; ::echo $[0x10]", "radix = 16 base ten\nradix = 10 base ten\n16 ");
    check("$s; 0t100$s; greeting+e=p", "symbol matching distance = 0 (smart mode)\nsymbol matching distance = 0x64 (absolute mode)\ngreeting+0xe       ");
    check("$w; 0t100$w", "output page width = 80\noutput page width = 100");
    check("$G; $G", "C++ symbol demangling disabled\nC++ symbol demangling enabled");
    assert_eq!(error("9$d"), "mdb: invalid radix -- 0t9\n");
    assert_eq!(error("::set -o zap"), "mdb: invalid debugger option -- zap\n");
    assert_eq!(error("::set zap"), "Usage: ::set ~".replace("::set ~", "set [-w|+w] [-F] [-I path] [-L path] [-P prompt] [-s dist] [-o opt] [+o opt]\nmdb: try '::help set' for more information\n"));
    let run = eval("::set -o ignoreeof +o pager -s 5; ::set");
    assert!(run.out.contains("options: ignoreeof\n"), "{}", run.out);
    assert!(run.out.contains("symbol distance: 0x5 (absolute mode)\n"), "{}", run.out);
    let log = folder().join("session.log");
    let run = eval(&format!(
        "::log; ::log {0}; ::echo logged; ::log; ::log -d; ::echo not",
        log.display()
    ));
    assert_eq!(
        run.err,
        format!(
            "mdb: no log is active\nmdb: logging to \"{0}\"\nmdb: logging to \"{0}\"\n",
            log.display()
        )
    );
    let text = std::fs::read_to_string(log).unwrap();
    assert!(text.contains("logged \n") && !text.contains("not"), "{text}");
}

#[test]
fn lists() {
    let run = eval("::dcmds -n ^wal");
    assert_eq!(run.out, "walk                     - walk data structure\nwalkers                  - list available walkers\n");
    check("::walkers", "thread                   - walk list of valid thread identifiers");
    check("::which walk thread", "walk is a built-in dcmd\nthread is a built-in walker");
    assert_eq!(error("::whence nope"), "mdb: nope not found\n");
    assert!(error("::dcmds '('").starts_with("mdb: failed to compile regular expression: "));
    let run = eval("::xdata");
    assert!(run.out.contains("auxv                     - procfs auxv_t array ("), "{}", run.out);
    let run = eval("::formats");
    assert!(run.out.starts_with("+ - increment dot by the count (variable size)\n"), "{}", run.out);
    assert!(run.out.contains("\nX - hexadecimal int (4 bytes)\n"), "{}", run.out);
    assert!(eval("::version").out.starts_with("mdb 1.1"));
    assert_eq!(eval("::showrev").out.lines().count(), 6);
}

#[test]
fn help_pages() {
    assert_eq!(
        eval("::help dmods").out,
        "\nNAME\n  dmods - list loaded debugger modules\n\nSYNOPSIS\n  ::dmods [-l] [mod]\n\n\
         DESCRIPTION\nOPTIONS\n  -l  list the commands and walkers of each module too\n\n\
         ATTRIBUTES\n\n  Target: proc\n  Module: mdb\n  Interface Stability: Evolving\n\n"
    );
    assert!(eval("::help '$c'").out.contains("SYNOPSIS\n  [ addr ] $c [cnt]\n"));
    assert_eq!(error("::help nope"), "mdb: unknown command: nope\n");
    assert!(eval("::help").out.contains("::dcmds         list all commands"));
    // Every command can show its page.
    let names = eval("::dcmds").out;
    for name in names.lines().filter_map(|l| l.split_whitespace().next()) {
        let run = eval_bare(&format!("::help '{name}'"));
        assert_eq!(run.status, 0, "{name}: {}", run.err);
        assert!(run.out.contains("ATTRIBUTES"), "{name}");
    }
}

#[test]
fn pipes_between_commands() {
    let run = eval("::walk thread | ::map \".-.\" | ::map \".+5\"");
    assert_eq!(run.out, "5\n", "{}", run.err);
    let run = eval("::echo 10 | ::map \".+1\"; ::echo 1 2 | ::map .");
    assert_eq!(run.out, "11\n");
    assert_eq!(run.err, "mdb: syntax error on line 1 of (pipeline) near \"2\"\n");
    assert_eq!(run.status, 1);
    assert_eq!(eval("::which walk | ::map .").status, 1);
    // An empty pipe does not run the next stage.
    assert_eq!(eval("::eval '' | ::echo never").out, "");
    assert_eq!(eval("numbers/J | ::map .").out, "1\n");
    assert_eq!(
        eval("numbers,2/J | ::map .").err,
        "mdb: syntax error on line 1 of (pipeline) near \"2\"\n"
    );
    assert_eq!(
        error("::head"),
        "Usage: head -num | -n num\nmdb: try '::help head' for more information\n"
    );
    let run = eval("::walk nope");
    assert_eq!(run.err, "mdb: failed to perform walk: unknown walk name\n");
}

#[test]
fn only_live_targets() {
    assert_eq!(error("::gcore"), "mdb: command is not supported by current target\n");
}

#[test]
fn quoting_and_shell() {
    assert_eq!(eval("::echo 'a  b' \"c\\td\" $[1+1]").out, "a  b c  d 2 \n");
    assert_eq!(eval("::echo b a ! tr a-z A-Z").out, "B A \n");
    assert_eq!(eval("! echo hi").out, "hi\n");
    assert_eq!(eval("::cat /nope").err, "mdb: failed to open /nope: No such file or directory\n");
}

#[test]
fn sequences_of_addresses() {
    check("first::list 0 | ::map \".+8\" | ::map \"*.\"", "a\n14\n1e");
    check("first::list 0 node | ::map \"<node-first\" ! wc -l", "3");
    check("numbers::array long 4 | ::map \"*.\"", "1\n2\n3\n1122334455667788");
    check("numbers::array \"struct node *\" 2 | ::map \".-numbers\"", "0\n8");
    check("0::array unsigned short 3", "0\n2\n4");
    check("0::array 18 2", "0\n0x18");
    // The pointer to it in `second`, and maybe what is left on the stack.
    check("third::ugrep | ::grep \".==second\" | ::map \".-second\"", "0");
    check("1122334400000000::ugrep -m ffffffff00000000 | ::grep \".==numbers+18\" ! wc -l", "1");
    assert!(error("0::array struct 2").contains("no symbolic type information"));
    assert!(error("3::list 0").contains("failed to read next pointer of 0x3: no mapping"));
}
