//! Conversions that are not numbers.

use super::BitName;

/// Names of the bits that are set, separated by commas.
pub fn bit_names(value: u64, table: &[BitName], residue: bool) -> Vec<u8> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut rest = value;
    for (name, mask, bits) in table {
        if value & mask == *bits {
            names.push(name.clone());
            rest &= !mask;
        }
    }
    if residue && rest != 0 {
        names.push(format!("{rest:#x}").into_bytes());
    }
    if names.is_empty() {
        return b"0".to_vec();
    }
    names.join(&b","[..])
}

/// An address in network order.
pub fn ipv4(value: u32) -> String {
    std::net::Ipv4Addr::from(value.to_ne_bytes()).to_string()
}
