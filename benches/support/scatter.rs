//! Numbers that are as random as ids and hashes are, and the same in each run.

/// 16 bytes of which no bit follows from the number's order.
pub fn key(n: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    for (half, salt) in bytes
        .chunks_mut(8)
        .zip([0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03_u64])
    {
        // Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
        let mut z = n.wrapping_add(1).wrapping_mul(salt);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        half.copy_from_slice(&(z ^ (z >> 31)).to_be_bytes());
    }
    bytes
}
