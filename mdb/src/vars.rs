//! Variables of the command language.

use std::collections::BTreeMap;

/// Longest name.
pub const MAX_NAME: usize = 30;

/// A variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Current value.
    pub value: u64,
    /// Made by the debugger: cannot be removed.
    pub persistent: bool,
    /// Marked by `::typeset -t`.
    pub tagged: bool,
}

/// The table of variables. Registers are not in it.
#[derive(Debug)]
pub struct Variables {
    table: BTreeMap<String, Variable>,
}

/// Variables every session has.
const PERSISTENT: [&str; 11] = ["0", "1", "2", "9", "b", "d", "e", "m", "t", "_", "hits"];

impl Default for Variables {
    fn default() -> Variables {
        let make = |name: &&str| {
            (name.to_string(), Variable { value: 0, persistent: true, tagged: false })
        };
        Variables { table: PERSISTENT.iter().map(make).collect() }
    }
}

impl Variables {
    /// Value of a variable.
    pub fn get(&self, name: &str) -> Option<u64> {
        self.table.get(name).map(|v| v.value)
    }

    /// Sets a variable, which is made if need be.
    pub fn set(&mut self, name: &str, value: u64) {
        self.entry(name).value = value;
    }

    /// The variable of this name, made if need be.
    pub fn entry(&mut self, name: &str) -> &mut Variable {
        self.table.entry(name.to_string()).or_insert(Variable {
            value: 0,
            persistent: false,
            tagged: false,
        })
    }

    /// Removes a variable.
    pub fn remove(&mut self, name: &str) -> Result<(), String> {
        match self.table.get(name) {
            None => Err(format!("variable '{name}' is not defined")),
            Some(v) if v.persistent => Err(format!("cannot remove persistent variable '{name}'")),
            Some(_) => {
                self.table.remove(name);
                Ok(())
            }
        }
    }

    /// All variables by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.table.iter().map(|(name, variable)| (name.as_str(), variable))
    }
}

/// First character of a name that may not be in one.
pub fn bad_character(name: &str) -> Option<char> {
    name.chars().find(|c| "#%^&*-+=,:$/\\?<>;!|`'\"[](){} \t\n".contains(*c))
}

/// Checks a name for a new variable.
pub fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("expected a variable name".to_string());
    }
    if name.len() > MAX_NAME {
        return Err(format!("variable names may not exceed {MAX_NAME} characters"));
    }
    match bad_character(name) {
        Some(c) => Err(format!("'{}' may not be used in a variable name", c.escape_default())),
        None => Ok(()),
    }
}
