//! Somebody at a browser who reads, types, presses and follows, on our own pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::browser::{Browser, Scheme};
use super::visitor::Desk;

/// Somebody at a browser.
pub struct Reader<'a> {
    pub browser: &'a Browser,
    pub desk: Desk,
    /// What is sent and what is saved.
    pub files: tempfile::TempDir,
}

impl Reader<'_> {
    pub async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.desk.base);
        self.browser.open(&url).await;
    }

    /// Does something that brings another page, and waits for that.
    pub async fn turn(&self, script: &str, argument: &str) {
        self.browser.run("window.before = true").await;
        let done = self.browser.run_with(script, vec![json!(argument)]).await;
        assert_eq!(done, true, "there is {argument} on\n{}", self.text().await);
        let turned = "return !window.before && document.readyState === 'complete'";
        self.browser.until(turned).await;
    }

    /// Presses the button that begins so.
    pub async fn press(&self, text: &str) {
        let script = "const one = [...document.querySelectorAll('main button')]
                .find(b => b.textContent.trim().startsWith(arguments[0]));
             one?.click(); return !!one";
        self.turn(script, text).await;
    }

    /// Follows the link that begins so.
    pub async fn follow(&self, text: &str) {
        let script = "const one = [...document.querySelectorAll('main a')]
                .find(a => a.textContent.trim().startsWith(arguments[0]));
             one?.click(); return !!one";
        self.turn(script, text).await;
    }

    /// Types into a field, chooses what it offers, or ticks it.
    pub async fn fill(&self, name: &str, value: &str) {
        let script = "const all = [...document.querySelectorAll(`main [name='${arguments[0]}']`)];
             const box = all.find(f => ['checkbox', 'radio'].includes(f.type) && f.value === arguments[1]);
             if (box) box.checked = true; else all[0].value = arguments[1];
             return (box ?? all[0]).value";
        let there = vec![json!(name), json!(value)];
        assert_eq!(self.browser.run_with(script, there).await, value, "{name}");
    }

    pub async fn fill_all(&self, fields: &[(&str, &str)]) {
        for (name, value) in fields {
            self.fill(name, value).await;
        }
    }

    /// What is chosen for the column with this heading: the field of the form, and its value.
    pub async fn column(&self, heading: &str) -> (String, String) {
        let script = "const named = [...document.querySelectorAll('input[name^=\"column.\"]')]
                .find(f => f.value === arguments[0]);
             const means = named.name.replace('column', 'means');
             return [means, document.querySelector(`[name='${means}']`).value]";
        let found = self.browser.run_with(script, vec![json!(heading)]).await;
        serde_json::from_value(found).unwrap()
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        let script = "return document.querySelector('main').textContent.replace(/\\s+/g, ' ')";
        let text = self.browser.run(script).await;
        text.as_str().unwrap().to_owned()
    }

    pub async fn shows(&self, words: &[&str]) {
        let text = self.text().await;
        for one in words {
            assert!(text.contains(one), "\"{one}\" is not on:\n{text}");
        }
    }

    /// Looks at the page at every size: nothing is wider than the window, nothing is in the way of
    /// anybody, and the browser has nothing to complain about.
    pub async fn look(&self, name: &str) {
        let b = self.browser;
        for scheme in [Scheme::Dark, Scheme::Light] {
            for width in [360, 1280] {
                b.look(width, 800, scheme).await;
                let wide = "return document.documentElement.scrollWidth - innerWidth";
                assert_eq!(b.run(wide).await, 0, "{name}: {width} px scroll sideways");
                let axe = (scheme == Scheme::Light) == (width == 1280);
                if let (true, Some(found)) = (axe, b.axe().await) {
                    assert_eq!(found, Vec::<String>::new(), "{name} {width} {scheme:?}");
                }
                b.shot(&format!("{name}-{width}-{scheme:?}")).await;
            }
        }
        assert_eq!(b.complaints().await, Vec::<String>::new(), "{name}");
    }

    /// Chooses a file with these contents for the page's form.
    pub async fn attach(&self, name: &str, contents: &str) {
        let path = self.files.path().join(name);
        fs::write(&path, contents).unwrap();
        let input = fantoccini::Locator::Css("input[type=file]");
        let input = self.browser.client.find(input).await.unwrap();
        input.send_keys(path.to_str().unwrap()).await.unwrap();
    }

    /// Waits for a page that looks again by itself, while the server does the work.
    pub async fn worked(&self, words: &str) {
        self.desk.world.work().await;
        let there = "return document.readyState === 'complete'
             && document.querySelector('main').textContent.includes(arguments[0])";
        let mut left = 200;
        while self.browser.run_with(there, vec![json!(words)]).await != true {
            assert!(left > 0, "never \"{words}\":\n{}", self.text().await);
            left -= 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the link that downloads a file, and reads what was saved.
    pub async fn download(&self, link: &str, name: &str) -> String {
        let folder = self.files.path().join("downloads");
        fs::create_dir_all(&folder).unwrap();
        let params = json!({ "behavior": "allow", "downloadPath": folder });
        let b = self.browser;
        b.devtools("Browser.setDownloadBehavior", params).await;
        let click = "[...document.querySelectorAll('main a')]
             .find(a => a.textContent.trim().startsWith(arguments[0])).click()";
        b.run_with(click, vec![json!(link)]).await;
        let path: PathBuf = folder.join(name);
        let mut left = 200;
        while !path.exists() {
            assert!(left > 0, "never {name}: {:?}", listed(&folder));
            left -= 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        fs::read_to_string(path).unwrap()
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|e| e.unwrap().path()).collect()
}
