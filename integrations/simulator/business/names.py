"""People, companies and addresses: many scripts, and some names that break careless software."""

from __future__ import annotations

from .records import Address

PEOPLE = (
    ("Grace", "Okafor"), ("Mateus", "Araújo"), ("Søren", "Ødegård"), ("Zoë", "Müller-Groß"),
    ("伟", "王"), ("さくら", "山本"), ("민준", "김"), ("Анна", "Кузнецова"), ("Γιώργος", "Παπαδάκης"),
    ("محمد", "الفارسي"), ("נועה", "לוי"), ("अनन्या", "शर्मा"), ("ธนพล", "ศรีสุข"), ("Nguyễn", "Thị Minh"),
    ("Łukasz", "Żółć"), ("İpek", "Yılmaz"), ("Tamar", "ბერიძე"), ("Արամ", "Պետրոսյան"), ("ሰላም", "ተስፋዬ"),
    ("Björk", "Þórsdóttir"), ("Seán", "O'Brien"), ("Jean-Luc", "d’Arcy"), ("Ana María", "Núñez y Peña"),
    ("X Æ", "A-12"), ("Ng", "Ng"), ("Priya", ""), ("Émile", "Zola"), ("Wanjirũ", "Mwangi"),
    ("Zo\u0308e", "Decomposed"), ("👩‍🚀 Ada", "Emoji"),
)  # fmt: skip

ORGANISATIONS = (
    "Northwind Bakery", "Kowalski i Synowie", "Café Olé", "株式会社さくら", "ООО «Ромашка»", "شركة النور",
    "Studio Ünïcode", "Blue Door Yoga", "R&D Partners", "Fjord Kayaks AS", "한빛 소프트", "Μπακάλικο ΕΠΕ",
    None, None, "",
)  # fmt: skip

# Each appears once among the first customers. The last one is valid JSON that PostgreSQL text refuses.
HOSTILE = (
    ("<script>alert(1)</script>", "Markup", "<img src=x onerror=alert(document.domain)>"),
    ("=1+1", "Formula", "=HYPERLINK(\"http://127.0.0.1/\",\"open\")"),
    ("@SUM(1,2)", "Formula", "+49 30 123|cmd"),
    ("O\"Neill", "'; DROP TABLE companies; --", "\"Quotes\" & 'apostrophes'"),
    ("\u202eelgnaiR", "‮txt.exe", "الشركة \u202eABC\u202c Ltd"),
    ("{{ 7*7 }}", "${7*7}", "{% debug %}"),
    ("Line\nBreak", "Tab\tbed", "Back\\slash\r\nand more"),
    ("A" * 120, "B" * 120, "C" * 250),
    (" ", "\u200b", "   "),
    ("null", "None", "undefined"),
    ("Nul", "Byte", "Zero\u0000Corp"),
)  # fmt: skip

ADDRESSES = (
    Address("12 Harbour Street", "Unit 4", "Boston", "MA", "Massachusetts", "02120", "US", "United States",
            625, "MA Sales Tax"),
    Address("77 Desert Road", None, "Austin", "TX", "Texas", "78701", "US", "United States",
            825, "TX Sales Tax"),
    Address("5 Pine Crescent", "", "Portland", "OR", "Oregon", "97201", "US", "United States", 0, ""),
    Address("9 Tobacco Row", None, "Durham", "NC", "North Carolina", "27701", "US", "United States",
            675, "NC Sales Tax"),
    Address("Hauptstraße 3", None, "Köln", "NW", "Nordrhein-Westfalen", "50667", "DE", "Germany",
            1900, "MwSt"),
    Address("Rua das Flores 21", "2º Esq", "Porto", "13", "Porto", "4000-123", "PT", "Portugal", 2300, "IVA"),
    Address("1 Quay Lane", None, "Dublin", "D", "Dublin", "D02 X285", "IE", "Ireland", 2300, "VAT"),
    Address("千代田区1-1", None, "東京", "13", "東京都", "100-0001", "JP", "Japan", 1000, "消費税"),
)  # fmt: skip
