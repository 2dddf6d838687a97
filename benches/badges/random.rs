//! Random numbers (splitmix64): the same everywhere, for ever, and a stream of its own for each thing that is drawn.

#[derive(Clone, Debug)]
pub struct Random(u64);

fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Random {
    /// The stream of a thing: its seed, a word that says what it is, and its number.
    pub fn of(seed: u64, what: &str, number: u64) -> Random {
        let mut h = mix(seed ^ 0x5DEE_CE66_D15E_A5E5);
        for b in what.bytes() {
            h = mix(h ^ u64::from(b)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        }
        Random(mix(h ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// From 0 up to, not including, `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.number() % n.max(1) as u64) as usize
    }

    /// From `from` to `to`, both included.
    pub fn int(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from + 1) as usize) as i64
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f32 {
        (self.number() >> 40) as f32 / (1u64 << 24) as f32
    }

    pub fn range(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    pub fn chance(&mut self, p: f32) -> bool {
        self.unit() < p
    }

    /// 1 or -1.
    pub fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// One of a list, each as likely as its weight.
    pub fn weighted<T: Clone>(&mut self, list: &[(f32, T)]) -> T {
        let mut at = self.unit() * list.iter().map(|(w, _)| w).sum::<f32>();
        for (w, t) in list {
            at -= w;
            if at < 0.0 {
                return t.clone();
            }
        }
        list[list.len() - 1].1.clone()
    }

    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }

    /// About normal, of mean 0 and deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..6).map(|_| self.unit()).sum::<f32>() * 1.414 - 4.243
    }
}
