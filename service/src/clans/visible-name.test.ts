import { describe, expect, it } from "vitest";
import { scriptNames } from "./script-names.ts";
import { faultOfName } from "./visible-name.ts";

const nfc = (name: string) => name.normalize("NFC");

describe("a name that people write is taken", () => {
  it.each([
    ["English", "Night Owls #1 (EU) – the 2nd!"],
    ["Turkish", "İstanbul Işıkları, Şampiyonlar Çağı"],
    ["German", "Straßenfüchse"],
    ["Icelandic", "Þórshöfn Ægir"],
    ["Vietnamese", "Đội Tuyển Việt Nam – Rồng Lửa"],
    ["Vietnamese, decomposed", "Việt Rồng".normalize("NFD")],
    ["Lithuanian, of which NFC has no single letter", "j\u0303ė\u0303"],
    ["Russian", "Солнечный Ветер"],
    ["Ukrainian", "Козаки Києва’"],
    ["Serbian", "Ђорђе и Љубав"],
    ["Greek", "Ελληνική Ομάδα"],
    ["Georgian", "საქართველო"],
    ["Armenian", "Հայաստան"],
    ["Arabic", "أسود الليل"],
    ["Arabic with vowels", "مُحَمَّدٌ"],
    ["Arabic digits", "فريق ٢٠٢٦"],
    ["Persian with a non-joiner", "می\u200cخواهم"],
    ["Persian plural", "خانه\u200cهای ما"],
    ["Urdu", "پاکستان کے شیر"],
    ["Hebrew", "הינשופים של תל אביב"],
    ["Hebrew with vowels", "שָׁלוֹם"],
    ["Yiddish", "ייִדישע שטאָט"],
    ["Hindi", "रात के उल्लू"],
    ["Hindi without a ligature", "क्\u200cष"],
    ["Hindi with a half form", "स्\u200dथान"],
    ["Marathi", "दर्\u200dया"],
    ["Sinhala", "ශ්\u200dරී ලංකා"],
    ["Malayalam with a final form", "അനിവര്\u200d"],
    ["Malayalam", "പ്രവീണ്\u200d"],
    ["Bengali", "র\u200d্যাব"],
    ["Bengali by a macOS keyboard", "র\u200c্যাম"],
    ["Tamil", "தமிழ் புலிகள்"],
    ["Telugu", "తెలుగు వీరులు"],
    ["Kannada", "ಕನ್ನಡ"],
    ["Punjabi", "ਪੰਜਾਬ ਦੇ ਸ਼ੇਰ"],
    ["Thai", "นกฮูกกลางคืน ที่หนึ่ง"],
    ["Thai with sara am and a tone", "น้ำใจ ก็"],
    ["Lao", "ນົກເຄົ້າ"],
    ["Khmer", "ខ្មែរ"],
    ["Burmese", "မြန်မာ ကြွေး"],
    ["Tibetan", "བསྒྲུབས"],
    ["Amharic", "ኢትዮጵያ"],
    ["Dhivehi", "ދިވެހި"],
    ["Cherokee", "ᏣᎳᎩ"],
    ["runes", "ᚠᚢᚦ"],
    ["braille", "⠝⠊⠛⠓⠞⠀⠕⠺⠇⠎"],
    ["Korean", "올빼미 클럽 FC"],
    ["Korean, decomposed", "올빼미".normalize("NFD")],
    ["Chinese", "夜貓子·战队 S1"],
    ["rare Chinese", "𠮷野家"],
    ["Taiwanese phonetic", "ㄅㄆㄇ 台北 Taipei"],
    ["Japanese", "龍の爪ドラゴン Team々"],
    ["Japanese half width", "ﾄﾞﾗｺﾞﾝ"],
    ["full width", "ＮＩＧＨＴ　ＯＷＬＳ"],
    ["a face", "(ﾟoﾟ)"],
    ["a Japanese face", "ヽ(・∀・)ノ"],
    ["styled letters", "𝓝𝓲𝓰𝓱𝓽 𝕺𝖜𝖑𝖘"],
    ["ornaments", "★彡 Owls ミ★ ™ ©"],
    ["emoji", "🦉🔥 Owls 🏆"],
    ["only emoji", "🦉"],
    ["a heart with a selector", "I ❤️ Owls"],
    ["a heart without", "I ❤ Owls"],
    ["a heart on fire, minimally written", "❤\u200d🔥"],
    ["an eye in a bubble, minimally written", "👁\u200d🗨"],
    ["a flag", "🇹🇷 Türkiye"],
    ["the flag of Wales", "Cymru \u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}"],
    ["a rainbow flag", "🏳️\u200d🌈"],
    ["a trans flag", "🏳️\u200d⚧️"],
    ["a trans flag of an old keyboard", "🏳\u200d⚧"],
    ["keycaps", "Team 1️⃣ 2⃣"],
    ["a skin tone", "👋🏽 hi"],
    ["a family", "👨\u200d👩\u200d👧\u200d👦"],
    ["a couple with skin tones", "👩🏻\u200d❤️\u200d💋\u200d👨🏿"],
    ["a detective", "🕵🏻\u200d♀️ 🕵️\u200d♂️"],
    ["a symbol as text", "☺\ufe0e Owls"],
    ["a sun of a Japanese keyboard", "晴れ☀\ufe0e"],
    ["emoji within another script", "Совы 👨\u200d👩\u200d👧 ночи"],
    ["a symbol", "Ⓞ⚔†☠"],
    ["a quotation", "«Owls» “2” ‚x‘ …"],
  ])("%s: %s", (_, name) => {
    expect(faultOfName(nfc(name))).toBeUndefined();
  });

  it("any letter of any script, alone", () => {
    const refused: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const letter = String.fromCodePoint(code);
      // Of these many, some.
      if (/[\p{Script=Han}\p{Script=Hangul}\p{Script=Tangut}]/u.test(letter) && code % 97 !== 0) continue;
      if (!/[\p{L}\p{N}]/u.test(letter) || /\p{Default_Ignorable_Code_Point}/u.test(letter)) continue;
      // Egyptian blanks.
      if (code === 0x13441 || code === 0x13442) continue;
      if (faultOfName(nfc(letter)) !== undefined) refused.push(code.toString(16));
    }
    expect(refused).toEqual([]);
  });

  it("any emoji that is recommended, between words", () => {
    const samples =
      "👩🏽\u200d🚀 🧑\u200d🤝\u200d🧑 👩\u200d❤️\u200d👩 🐻\u200d❄️ 🇬🇧 #️⃣ ⏏️ ㊙️ 🅰️ 🀄 ℹ️ ©️ 🏴\u200d☠️";
    for (const emoji of samples.split(" ")) expect(faultOfName(`Owls ${emoji} FC`)).toBeUndefined();
  });
});

describe("a name is refused", () => {
  it.each([
    ["nothing", "", /^must not be empty$/],
    ["a tab", "a\tb", /control characters/],
    ["a line separator", "a\u2028b", /control characters/],
    ["U+0085", "a\u0085b", /control characters/],
    ["an override of direction", "Night \u202eslwO", /direction of text: U\+202E$/],
    ["an isolate", "a\u2066b\u2069", /direction of text: U\+2066$/],
    ["a right-to-left mark", "שלום\u200f", /direction of text: U\+200F$/],
    ["an Arabic letter mark", "\u061cab", /direction of text: U\+061C$/],
    ["a zero width space", "Night\u200bOwls", /invisible characters: U\+200B$/],
    ["only a zero width space", "\u200b", /invisible characters/],
    ["a byte order mark inside", "Night\ufeffOwls", /invisible characters: U\+FEFF$/],
    ["a word joiner", "Night\u2060Owls", /invisible characters/],
    ["a soft hyphen", "Night\u00adOwls", /invisible characters: U\+00AD$/],
    ["a combining grapheme joiner", "Ni\u034fght", /invisible characters/],
    ["a Hangul filler", "\u3164", /invisible characters: U\+3164$/],
    ["a halfwidth Hangul filler", "Owls\uffa0", /invisible characters/],
    ["a Mongolian vowel separator", "a\u180eb", /invisible characters/],
    ["an annotation", "a\ufff9b", /invisible characters/],
    ["an invisible times sign", "a\u2062b", /invisible characters/],
    ["an unassigned code point", "a\u0378", /unassigned or private characters: U\+0378$/],
    ["a noncharacter", "a\uffff", /unassigned or private/],
    ["a noncharacter of another plane", "a\u{1fffe}", /unassigned or private/],
    ["a private one, such as a logo", "Owls \uf8ff", /unassigned or private characters: U\+F8FF$/],
    ["a private one of plane 16", "a\u{10fffd}", /unassigned or private/],
    ["a joiner in a word", "Night\u200dOwls", /invisible characters: U\+200D$/],
    ["a joiner at the end of an emoji", "🦉\u200d", /invisible characters/],
    ["a joiner between emoji that make none", "🦉\u200d🦉", /invisible characters/],
    ["a non-joiner in a word", "Ni\u200cght", /invisible characters: U\+200C$/],
    ["a non-joiner after a letter that does not join", "دا\u200cر", /invisible characters/],
    ["a non-joiner at the end of Persian", "شیر ما می\u200c", /invisible characters/],
    ["two non-joiners", "می\u200c\u200cخواهم", /invisible characters/],
    ["a joiner without a virama", "स\u200dथ", /invisible characters/],
    ["a selector after a letter", "O\ufe0fwls", /invisible characters: U\+FE0F$/],
    ["a selector after a digit", "1\ufe0f", /invisible characters/],
    ["two selectors", "❤\ufe0f\ufe0f", /invisible characters/],
    ["a text selector after a digit", "Owls 1\ufe0e", /invisible characters/],
    ["a selector after an emoji that needs none", "🦉\ufe0f", /invisible characters/],
    ["a selector for Chinese", "葛\u{e0100}", /invisible characters/],
    ["tags that hide a text", "🦉\u{e0068}\u{e0069}\u{e007f}", /invisible characters: U\+E0068$/],
    ["a flag of tags that there is not", "🏴\u{e0078}\u{e0078}\u{e007f}", /invisible characters/],
    ["tags alone", "\u{e0041}", /invisible characters/],
    ["a braille blank", "\u2800", /visible character/],
    ["blanks of several kinds", "\u2800 \u2800", /visible character/],
    ["a braille blank at the end", "123\u2800", /invisible characters: U\+2800$/],
    ["a braille blank beside an emoji", "🦉\u2800🦉", /invisible characters: U\+2800$/],
    ["a blank note", "Night Owls\u{1d159}", /invisible characters: U\+1D159$/],
    ["a blank hieroglyph", "\u{13441}", /must have a visible character/],
    ["a Khitan filler", "\u{18b00}\u{16fe4}", /invisible characters: U\+16FE4$/],
    ["an object that is not there", "Owls\ufffc", /invisible characters: U\+FFFC$/],
    ["only enclosing marks", "\u{20dd}", /must have a visible character/],
    ["only marks", "\u0301\u0301", /visible character/],
    ["a mark at the beginning", "\u0301abc", /begin with a combining mark/],
    ["stacked marks", `Z${"\u0334\u0335\u0336\u0337\u0338"}algo`, /more than 4 marks/],
    ["a repeated mark", "q\u0308\u0308", /same mark twice/],
    ["a Thai tower", `ก${"\u0e49".repeat(3)}`, /same mark twice/],
    ["65 letters", "x".repeat(65), /^must have at most 64 characters$/],
    ["65 flags", "🇹🇷".repeat(65), /^must have at most 64 characters$/],
    ["21 families", "👨\u200d👩\u200d👧\u200d👦".repeat(21), /^must have at most 512 bytes in UTF-8$/],
    ["a megabyte of marks", `a${"\u0301".repeat(500_000)}`, /^must have at most 512 bytes in UTF-8$/],
  ])("with %s", (_, name, message) => {
    expect(faultOfName(name)?.message).toMatch(message);
  });

  it.each([
    ["Nіght Owls", "Latin (N) and Cyrillic (і)"],
    ["ΝΙGΗΤ", "Greek (Ν) and Latin (G)"],
    ["раураl pаy", "Cyrillic (р) and Latin (l)"],
    ["Owls Ꭺ", "Latin (O) and Cherokee (Ꭺ)"],
    ["Owlѕ ՕՁ", "Latin (O), Cyrillic (ѕ) and Armenian (Օ)"],
    ["Owls ליל", "Latin (O) and Hebrew (ל)"],
    ["Солнце 日", "Cyrillic (С) and Han (日)"],
    ["한국 カナ", "Hangul (한) and Katakana (カ)"],
    ["ㄅㄆ ひら", "Bopomofo (ㄅ) and Hiragana (ひ)"],
    ["ไทย ລາວ", "Thai (ไ) and Lao (ລ)"],
    ["Δ Force", "Greek (Δ) and Latin (F)"],
  ])("that mixes scripts: %s", (name, scripts) => {
    const reason = "must be in one script, or in Latin with Chinese, Japanese or Korean; it mixes ";
    const fault = faultOfName(nfc(name));
    expect(fault?.message).toBe(`${reason}${scripts}`);
    expect(fault?.reason).toBe(`${reason}${scripts.replaceAll(/ \(.+?\)/gu, "")}`);
  });
});

it("64 characters are counted as people count them", () => {
  for (const character of ["x", "é", "🦉", "🇹🇷", "q\u0308", "한", "कि"]) {
    expect(faultOfName(character.repeat(64))).toBeUndefined();
    expect(faultOfName(character.repeat(65))?.message).toMatch(/at most 64 characters/);
  }
});

it("every script of this version of Unicode has a name", () => {
  const script = new RegExp(
    `[${scriptNames.map((name) => `\\p{Script=${name}}`).join("")}\\p{Cn}\\p{Co}\\p{Cs}]`,
    "u",
  );
  const without: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code);
    if (!/[\p{Script=Common}\p{Script=Inherited}]/u.test(character) && !script.test(character))
      without.push(code.toString(16));
  }
  expect(without).toEqual([]);
});

it("a plain name costs next to nothing", () => {
  const startedAt = performance.now();
  for (let n = 0; n < 200_000; n++) faultOfName("Night Owls");
  expect(performance.now() - startedAt).toBeLessThan(500);
});
