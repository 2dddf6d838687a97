#![no_main]
//! Lists of addresses: any bytes are read or refused, and what is in them is an address or not.

use libfuzzer_sys::fuzz_target;
use promolint::fetch::list::{List, is_sitemap, read};

fuzz_target!(|data: &[u8]| {
    let _ = is_sitemap(data);
    if let Ok(List::Pages(items) | List::Sitemaps(items)) = read(data) {
        assert!(items.iter().all(|i| !i.address.is_empty()));
        let _ = items.iter().filter_map(|i| i.url()).count();
    }
});
