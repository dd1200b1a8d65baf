//! The command line.

use super::convert::Conversion;
use lexopt::prelude::*;
use std::ffi::OsString;
use std::path::PathBuf;

/// Printed when the command line is wrong.
pub const USAGE: &str = "\
Usage: mdb [-fkmuwyAFKMSUW] [+/-o option] [-p pid] [-s dist] [-I path] [-L path]
\t[-P prompt] [-R root] [-V dis-version] [-e expr] [object [core] | core]

\t-e expr  evaluate expr and exit; its last command gives the exit status
\t-p pid   attach to a process; it stands still until mdb exits
\t-s dist  symbols reach this far, in bytes (0x, 0t, 0o, 0i prefixes)
\t-o opt   set a debugger option (+o: unset); see ::set
\t-w       open the target for writing
\t-I path  where $< looks for macro files
\t-L path  where ::load looks for modules (%r %t %i %o ... are expanded)
\t-P prm   prompt
\t-A       do not load modules for the target's objects
\t-S       do not run ~/.mdbrc

       mdb --collapse dtrace [file ...]
       mdb --flamegraph [file ...]

\t--collapse    fold the stacks that DTrace's jstack() or ustack() printed
\t--flamegraph  draw folded stacks as a flame graph, an SVG picture
";

/// What the command line says.
#[derive(Debug, Default)]
pub struct Options {
    /// Text of `-e`.
    pub commands: Option<String>,
    /// Process to attach to.
    pub pid: Option<i32>,
    /// `-L`
    pub module_path: Option<String>,
    /// `-I`
    pub include_path: Option<String>,
    /// `-P`
    pub prompt: Option<String>,
    /// `-S`
    pub no_rc: bool,
    /// `-A`
    pub no_modules: bool,
    /// `-w`
    pub writable: bool,
    /// `-s`
    pub distance: u64,
    /// `-o` and `+o`, in order.
    pub set: Vec<(String, bool)>,
    /// Executable and core.
    pub files: Vec<PathBuf>,
}

/// What to do.
#[derive(Debug)]
pub enum Parsed {
    /// Debug.
    Run(Box<Options>),
    /// Print the usage.
    Usage,
    /// Turn stacks that were saved, in these files or from standard input, into
    /// something else.
    Convert(Conversion, Vec<PathBuf>),
}

impl Options {
    /// A path with `%o` replaced by the default.
    pub fn path(&self, given: &Option<String>, default: &str) -> String {
        match given {
            Some(path) => path.replace("%o", default),
            None => default.to_string(),
        }
    }
}

/// Parses this program's command line.
pub fn parse() -> Result<Parsed, String> {
    parse_from(std::env::args_os().skip(1).collect())
}

fn parse_from(args: Vec<OsString>) -> Result<Parsed, String> {
    let mut options = Options::default();
    // `+o name` is `-o name` with the opposite meaning, which no option parser knows.
    let mut plain = Vec::with_capacity(args.len());
    let mut args = args.into_iter();
    let mut verbatim = false;
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy().into_owned();
        if !verbatim && text.starts_with("+o") {
            let name = match text.len() {
                2 => args.next().ok_or("option requires an argument -- o")?,
                _ => text[2..].into(),
            };
            options.set.push((name.to_string_lossy().into_owned(), false));
            continue;
        }
        verbatim |= text == "--";
        plain.push(arg);
    }
    let mut parser = lexopt::Parser::from_args(plain);
    let error = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(error)? {
        match arg {
            Short('?') => return Ok(Parsed::Usage),
            Short('e') => {
                if options.commands.is_some() {
                    return Err("-e already specified".to_string());
                }
                options.commands = Some(text(&mut parser, 'e')?);
            }
            Short('p') => {
                let pid = text(&mut parser, 'p')?;
                let number = pid.strip_prefix("/proc/").unwrap_or(&pid).trim_end_matches('/');
                let parsed = number.parse().ok().filter(|pid: &i32| *pid > 0);
                options.pid = Some(parsed.ok_or_else(|| format!("'{pid}' is not a process id"))?);
            }
            Short('L') => options.module_path = Some(path(&mut parser, 'L', "module")?),
            Short('I') => options.include_path = Some(path(&mut parser, 'I', "macro")?),
            Short('P') => options.prompt = Some(text(&mut parser, 'P')?),
            Short('S') => options.no_rc = true,
            Short('A') => options.no_modules = true,
            Short('w') => options.writable = true,
            Short('s') => {
                let number = text(&mut parser, 's')?;
                options.distance = crate::lang::number::parse(number.as_bytes(), 16)?;
            }
            Short('o') => options.set.push((text(&mut parser, 'o')?, true)),
            // Accepted for scripts: they name what is always so, or the kernel's targets.
            Short('f' | 'k' | 'm' | 'u' | 'y' | 'F' | 'K' | 'M' | 'U' | 'W' | 'C' | 'D') => {}
            Short(letter @ ('R' | 'V' | 'b')) => {
                text(&mut parser, letter)?;
            }
            Value(file) => options.files.push(file.into()),
            Short(letter) => return Err(format!("illegal option -- {letter}")),
            Long("collapse") => {
                let format = parser.value().map_err(|_| COLLAPSES.to_owned())?;
                if format != "dtrace" {
                    return Err(COLLAPSES.to_owned());
                }
                return files(parser).map(|files| Parsed::Convert(Conversion::Collapse, files));
            }
            Long("flamegraph") => {
                return files(parser).map(|files| Parsed::Convert(Conversion::Flamegraph, files));
            }
            Long(name) => return Err(format!("illegal option -- -{name}")),
        }
    }
    Ok(Parsed::Run(Box::new(options)))
}

/// What is said of `--collapse` without what it can read.
const COLLAPSES: &str = "--collapse reads what dtrace has printed: --collapse dtrace";

/// The rest of the command line, where it is only files.
fn files(mut parser: lexopt::Parser) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
        match arg {
            Value(file) => files.push(file.into()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    Ok(files)
}

fn text(parser: &mut lexopt::Parser, letter: char) -> Result<String, String> {
    let value = parser.value().map_err(|_| format!("option requires an argument -- {letter}"))?;
    Ok(value.to_string_lossy().into_owned())
}

fn path(parser: &mut lexopt::Parser, letter: char, kind: &str) -> Result<String, String> {
    let path = text(parser, letter)?;
    if path.contains(';') {
        return Err(format!("{kind} path cannot contain semicolons"));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Options, String> {
        match parse_from(args.iter().map(OsString::from).collect())? {
            Parsed::Run(options) => Ok(*options),
            Parsed::Usage => Err("usage".to_string()),
            Parsed::Convert(what, files) => Err(format!("{what:?} {files:?}")),
        }
    }

    #[test]
    fn options() {
        let options =
            parse(&["-e", "::status", "+opager", "-o", "adb", "-Sw", "a", "core"]).unwrap();
        assert_eq!(options.commands.as_deref(), Some("::status"));
        assert_eq!(options.set, [("pager".to_string(), false), ("adb".to_string(), true)]);
        assert!(options.no_rc && options.writable);
        assert_eq!(options.files, [PathBuf::from("a"), PathBuf::from("core")]);
    }

    #[test]
    fn mistakes() {
        for (args, text) in [
            (&["-e", "a", "-e", "b"][..], "-e already specified"),
            (&["-e"], "option requires an argument -- e"),
            (&["-Z"], "illegal option -- Z"),
            (&["-p", "x"], "'x' is not a process id"),
            (&["-L", "a;b"], "module path cannot contain semicolons"),
            (&["-?"], "usage"),
            (&["--collapse"], COLLAPSES),
            (&["--collapse", "x"], COLLAPSES),
            (&["--collapse=dtrace", "a", "b"], r#"Collapse ["a", "b"]"#),
            (&["--flamegraph"], "Flamegraph []"),
            (&["--flamegraph", "-x"], "invalid option '-x'"),
        ] {
            assert_eq!(parse(args).unwrap_err(), text);
        }
    }
}
