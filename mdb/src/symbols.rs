//! Names for addresses and addresses for names, as the whole debugger shows them.

use crate::debugger::Debugger;
use crate::lang::ast::Space;
use crate::lang::expr::Environment;
use crate::modapi::time;
use crate::printf::World;
use crate::target::{MemError, Width};
use mdb_sys::GElf_Sym;

/// A symbol found for an address.
#[derive(Debug, Clone)]
pub struct Found {
    /// Name to show: object unless it is the executable, demangled if asked for.
    pub name: String,
    /// The symbol, relocated.
    pub sym: GElf_Sym,
}

/// Last part of a path.
pub fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Debugger {
    /// The symbol at an address.
    pub fn find_symbol(&self, addr: u64) -> Option<Found> {
        let target = self.target();
        let symbol = target.symbol_by_addr(addr, self.settings.distance.get())?;
        let plain = self.pretty_name(symbol.name);
        let object = target.objects().get(symbol.object)?;
        let name = match object.executable {
            true => plain,
            false => format!("{}`{plain}", basename(&object.path)),
        };
        Some(Found { name, sym: symbol.sym })
    }

    /// A symbol's name as shown: demangled when demangling is on.
    pub fn pretty_name(&self, name: &str) -> String {
        if self.settings.demangle.get() {
            if let Some(text) = demangle(name) {
                return text;
            }
        }
        name.to_string()
    }

    /// Address as `sym+0xoff`, or as a number with `0x`.
    pub fn symbolic(&self, addr: u64) -> String {
        crate::printf::symbolic(addr, self).unwrap_or_else(|| format!("{addr:#x}"))
    }

    /// A symbol by name, perhaps qualified: `` obj`name ``.
    pub fn symbol_value(&self, name: &str) -> Option<GElf_Sym> {
        let (object, name) = match name.rsplit_once('`') {
            Some((object, name)) => (Some(object.rsplit('`').next().unwrap_or(object)), name),
            None => (None, name),
        };
        self.target().symbol_by_name(object.filter(|o| !o.is_empty()), name).map(|s| s.sym)
    }

    /// Registers of a thread; the representative one when none is named.
    pub fn registers(&self, tid: Option<u64>) -> Option<Vec<(&'static str, u64)>> {
        let target = self.target();
        let tid = tid.or_else(|| target.threads().first().copied())?;
        target.registers(tid)
    }

    /// Bytes of a target's pointer.
    pub fn word_size(&self) -> usize {
        match self.target().width() {
            Width::Bits32 => 4,
            Width::Bits64 => 8,
        }
    }

    /// Reads an unsigned number of `size` bytes.
    pub fn read_number(&self, space: Space, addr: u64, size: usize) -> Result<u64, MemError> {
        let mut bytes = [0; 8];
        let size = size.min(8);
        let target = self.target();
        match space {
            Space::Memory => target.read(addr, &mut bytes[..size])?,
            Space::File => target.read_file(addr, &mut bytes[..size])?,
        }
        Ok(u64::from_le_bytes(bytes))
    }
}

/// A name as in the source; none when it is not a mangled name.
pub fn demangle(name: &str) -> Option<String> {
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return Some(format!("{rust:#}"));
    }
    if !name.starts_with("_Z") {
        return None;
    }
    let symbol = cpp_demangle::Symbol::new(name).ok()?;
    let options = cpp_demangle::DemangleOptions::new().no_params().no_return_type();
    symbol.demangle_with_options(&options).ok()
}

impl World for Debugger {
    fn symbol_at(&self, addr: u64) -> Option<(String, u64)> {
        let found = self.find_symbol(addr)?;
        Some((found.name, addr.wrapping_sub(found.sym.st_value)))
    }

    fn radix(&self) -> u32 {
        self.settings.radix.get()
    }

    fn variable(&self, name: &str) -> Option<u64> {
        Environment::variable(self, name)
    }

    fn pointer_digits(&self) -> usize {
        2 * self.word_size()
    }

    fn local_time(&self, seconds: i64) -> Option<String> {
        time::local(seconds)
    }
}

impl Environment for Debugger {
    fn symbol(&self, name: &str) -> Option<u64> {
        self.symbol_value(name).map(|sym| sym.st_value)
    }

    fn variable(&self, name: &str) -> Option<u64> {
        if name == "." {
            return Some(self.dot.get());
        }
        if name == "thread" {
            return self.target().threads().first().copied();
        }
        if let Some(value) = self.vars.borrow().get(name) {
            return Some(value);
        }
        self.registers(None)?.into_iter().find(|(n, _)| *n == name).map(|(_, value)| value)
    }

    fn dot(&self) -> u64 {
        self.dot.get()
    }

    fn increment(&self) -> u64 {
        self.increment.get()
    }

    fn last_address(&self) -> u64 {
        self.last_address.get()
    }

    fn load(&self, space: Space, addr: u64, size: u8) -> Result<u64, String> {
        let size = if size == 0 { self.word_size() } else { usize::from(size) };
        self.read_number(space, addr, size)
            .map_err(|error| self.errno_text(crate::modapi::memory::errno_of(self, error, size)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn demangling() {
        assert_eq!(demangle("main"), None);
        assert_eq!(
            demangle("_ZN2v88internal4Heap3GetEi").as_deref(),
            Some("v8::internal::Heap::Get")
        );
        let rust = "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE";
        assert_eq!(demangle(rust).as_deref(), Some("core::fmt::Formatter::pad"));
        assert_eq!(demangle("_Z"), None);
    }
}
