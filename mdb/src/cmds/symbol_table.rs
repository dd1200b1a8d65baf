//! `::nm`.

use super::Builtin;
use crate::debugger::Debugger;
use crate::errors::Errno;
use crate::modapi::{getopts, Arg, Opt};
use crate::out;
use crate::symbols::basename;
use crate::target::Symbol;
use mdb_sys::*;

/// The family.
pub const TABLE: &[Builtin] = &[Builtin {
    name: "nm",
    usage: "?[-DPdghnopuvx] [-f format] [-t types] [object]",
    description: "print symbols",
    help: "Lists the symbols of all objects, of one object, or the one at the address.\n\
           \n\
           #OPTIONS\n\
           -D  the dynamic symbol table\n\
           -P  the private symbol table, which is empty\n\
           -d  values in decimal\n\
           -g  global symbols only\n\
           -h  no header\n\
           -n  sort by name\n\
           -o  values in octal\n\
           -p  as ::nmadd commands\n\
           -u  undefined symbols only\n\
           -v  sort by value\n\
           -x  values in hexadecimal\n\
           -f  columns: any of ndx,val,size,type,bind,oth,shndx,name,obj\n\
           -t  types: any of noty,objt,func,sect,file,comm,tls,regi\n",
    run: nm,
}];

const TYPES: [&str; 7] = ["noty", "objt", "func", "sect", "file", "comm", "tls"];
const COLUMNS: [&str; 9] = ["ndx", "val", "size", "type", "bind", "oth", "shndx", "name", "obj"];

/// Radix of values.
#[derive(Debug, Clone, Copy)]
enum Radix {
    Hex,
    Decimal,
    Octal,
}

impl Radix {
    fn value(self, value: u64) -> String {
        match self {
            Radix::Hex => format!("0x{value:016x}"),
            Radix::Decimal => format!("{value:<20}"),
            Radix::Octal => format!("{:<24}", format!("0{value:o}")),
        }
    }

    fn width(self) -> usize {
        match self {
            Radix::Hex => 18,
            Radix::Decimal => 20,
            Radix::Octal => 24,
        }
    }
}

/// A row.
struct Row {
    index: u32,
    sym: GElf_Sym,
    name: String,
    object: String,
}

fn type_name(info: u8) -> &'static str {
    match info & 15 {
        0 => "NOTY",
        1 => "OBJT",
        2 | 10 => "FUNC",
        3 => "SECT",
        4 => "FILE",
        5 => "COMM",
        6 => "TLS",
        13 => "REGI",
        _ => "?",
    }
}

fn bind_name(info: u8) -> &'static str {
    match info >> 4 {
        0 => "LOCL",
        1 | 10 => "GLOB",
        2 => "WEAK",
        _ => "?",
    }
}

fn section_name(index: u16) -> String {
    match index {
        0 => "UNDEF".to_string(),
        0xfff1 => "ABS".to_string(),
        0xfff2 => "COMMON".to_string(),
        other => other.to_string(),
    }
}

impl Row {
    fn new(m: &Debugger, symbol: &Symbol<'_>, object: &str) -> Row {
        Row {
            index: symbol.index,
            sym: symbol.sym,
            name: m.pretty_name(symbol.name),
            object: object.to_string(),
        }
    }

    fn column(&self, name: &str, radix: Radix) -> String {
        let sym = &self.sym;
        match name {
            "ndx" => format!("{:<5}", self.index),
            "val" => radix.value(sym.st_value),
            "size" => radix.value(sym.st_size),
            "type" => format!("{:<5}", type_name(sym.st_info)),
            "bind" => format!("{:<5}", bind_name(sym.st_info)),
            "oth" => format!("0x{:<3x}", sym.st_other),
            "shndx" => format!("{:<8}", section_name(sym.st_shndx)),
            "obj" => format!("{:<15}", self.object),
            _ => self.name.clone(),
        }
    }
}

fn heading(name: &str, radix: Radix) -> String {
    match name {
        "ndx" => format!("{:<5}", "Index"),
        "val" => format!("{:<1$}", "Value", radix.width()),
        "size" => format!("{:<1$}", "Size", radix.width()),
        "type" => format!("{:<5}", "Type"),
        "bind" => format!("{:<5}", "Bind"),
        "oth" => format!("{:<5}", "Other"),
        "shndx" => format!("{:<8}", "Shndx"),
        "obj" => format!("{:<15}", "Object"),
        _ => "Name".to_string(),
    }
}

fn list_of(text: &str, known: &[&str], what: &str) -> Result<Vec<String>, String> {
    text.split(',')
        .map(|word| match known.contains(&word) {
            true => Ok(word.to_string()),
            false => Err(format!("unknown symbol table {what} -- {word}")),
        })
        .collect()
}

fn nm(m: &'static Debugger, addr: u64, flags: u32, args: &[Arg]) -> i32 {
    let mut on = [false; 11];
    let [dynamic, private, decimal, global, headless, by_name, octal, commands, undefined, by_value, hex] =
        &mut on;
    let (mut columns, mut types) = (None, None);
    let used = getopts(
        m,
        args,
        &mut [
            Opt::Flag(b'D', dynamic),
            Opt::Flag(b'P', private),
            Opt::Flag(b'd', decimal),
            Opt::Flag(b'g', global),
            Opt::Flag(b'h', headless),
            Opt::Flag(b'n', by_name),
            Opt::Flag(b'o', octal),
            Opt::Flag(b'p', commands),
            Opt::Flag(b'u', undefined),
            Opt::Flag(b'v', by_value),
            Opt::Flag(b'x', hex),
            Opt::Text(b'f', &mut columns),
            Opt::Text(b't', &mut types),
        ],
    );
    let rest = &args[used..];
    let [dynamic, private, decimal, global, headless, by_name, octal, commands, undefined, by_value, _] =
        on;
    if rest.len() > 1 {
        return DCMD_USAGE;
    }
    let columns = columns.as_deref().unwrap_or("val,size,type,bind,oth,shndx,name");
    let columns = match list_of(columns, &COLUMNS, "column") {
        Ok(columns) => columns,
        Err(text) => return super::status(m, Err(text)),
    };
    let types = match types.as_deref().map(|t| list_of(t, &TYPES, "type")).transpose() {
        Ok(types) => types,
        Err(text) => return super::status(m, Err(text)),
    };
    let target = m.target();
    let objects = match rest.first().and_then(Arg::as_str) {
        None => 0..target.objects().len(),
        Some(name) => match target.object_named(&name) {
            Some(index) => index..index + 1,
            None => {
                m.error_because(format!("failed to iterate over symbols of {name}"), Errno::NOOBJ);
                return DCMD_ERR;
            }
        },
    };
    let radix = match (decimal, octal) {
        (true, _) => Radix::Decimal,
        (_, true) => Radix::Octal,
        _ => Radix::Hex,
    };
    let wanted = |symbol: &Symbol<'_>| {
        let info = symbol.sym.st_info;
        let kind = type_name(info).to_lowercase();
        (!global || info >> 4 != 0)
            && (!undefined || symbol.sym.st_shndx == 0)
            && types.as_ref().is_none_or(|t| t.contains(&kind))
            && (symbol.index != 0)
    };
    let mut rows = Vec::new();
    if flags & DCMD_ADDRSPEC != 0 {
        let found = target.symbol_by_addr(addr, m.settings.distance.get());
        let Some(symbol) = found else {
            m.error_because(format!("{addr:x}"), Errno::NOSYMADDR);
            return DCMD_ERR;
        };
        let object = target.objects().get(symbol.object).map_or("", |o| basename(&o.path));
        rows.push(Row::new(m, &symbol, object));
    } else if !private {
        for index in objects {
            let object = target.objects().get(index).map_or("", |o| basename(&o.path));
            target.each_symbol(index, dynamic, &mut |symbol| {
                if wanted(&symbol) {
                    rows.push(Row::new(m, &symbol, object));
                }
                m.stopped().is_none()
            });
        }
    }
    if by_name {
        rows.sort_by(|a, b| a.name.cmp(&b.name));
    }
    if by_value {
        rows.sort_by_key(|row| row.sym.st_value);
    }
    if !headless && !commands {
        let row: Vec<_> = columns.iter().map(|c| heading(c, radix)).collect();
        m.print_styled(b'u', row.join(" ").trim_end());
        m.print("\n");
    }
    for row in rows {
        if m.stopped().is_some() {
            break;
        }
        if commands {
            let kind = if type_name(row.sym.st_info) == "FUNC" { "-f" } else { "-o" };
            let (value, size) = (row.sym.st_value, row.sym.st_size);
            out!(m, "{value:#x}::nmadd {kind} -s {size:#x} {}\n", row.name);
            continue;
        }
        let cells: Vec<_> = columns.iter().map(|c| row.column(c, radix)).collect();
        out!(m, "{}\n", cells.join("|"));
    }
    DCMD_OK
}
