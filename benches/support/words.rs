//! The words of the made-up pages, by language. Sentences are put together from three parts.

use super::random::Random;

pub struct Language {
    pub tag: &'static str,
    pub starts: &'static [&'static str],
    pub middles: &'static [&'static str],
    pub ends: &'static [&'static str],
    pub headings: &'static [&'static str],
    pub labels: &'static [&'static str],
    /// Sentences that rules find fault with.
    pub faults: &'static [&'static str],
    /// Between two sentences.
    pub gap: &'static str,
}

pub const LANGUAGES: [Language; 6] = [
    Language {
        tag: "en",
        starts: &[
            "Our team", "A good pipeline", "Every rollout", "The first workshop", "Most sales leaders", "Your portal", "A clean contact database",
            "HubSpot", "Marketing Hub", "The service desk", "In the second week, the project lead", "A shared definition of a qualified lead",
            "What you get", "Reporting that finance believes", "A consultant from our Leeds office", "The migration plan", "Good documentation",
            "Sales Hub Enterprise", "The onboarding checklist", "An honest audit", "The integration with your ERP", "Our HubSpot practice",
        ],
        middles: &[
            "helps your people find", "brings together", "starts with", "is built around", "shows at a glance", "needs surprisingly little of",
            "connects your website with", "takes the guesswork out of", "should never depend on", "is tested against", "documents in plain words",
            "replaces a dozen spreadsheets with", "moves, step by step, towards", "turns the weekly call into", "leaves room for", "works best with",
            "gives every manager", "keeps an eye on", "is explained in", "measures",
        ],
        ends: &[
            "the numbers that matter in a quarter.", "one list of customers, and one owner for each of them.", "a calm handover to your own team.",
            "the way your buyers really decide.", "fewer tools and shorter meetings.", "lifecycle stages that everybody understands.",
            "the HubSpot portal you already pay for.", "clear roles, clear dates and a fixed price.", "every deal that has gone quiet for a month.",
            "what was agreed in the statement of work.", "permissions that follow the org chart.", "data quality, consent and retention.",
            "the three reports your board asks for.", "a sandbox that mirrors production.", "workflows with an owner and a purpose.",
            "your existing phone system &amp; calendar.", "the questions support hears each day.", "a training plan for new colleagues.",
        ],
        headings: &[
            "Services", "How we work", "CRM implementation", "Data migration", "Pricing", "What clients say", "Frequently asked questions", "RevOps for software firms",
            "Reporting &amp; dashboards", "HubSpot onboarding", "Integrations", "About the team", "Book a call", "Recent projects", "Training",
        ],
        labels: &["Home", "Services", "Pricing", "About us", "Blog", "Contact", "Careers", "Imprint", "Privacy", "Read more", "Book a demo", "First name", "Work e-mail", "Company size"],
        faults: &[
            "We are Hubspot onboarding experts.", "Brightpath is the #1 HubSpot partner in Europe.", "Guaranteed results with every HubSpot rollout.",
            "Your certified hubspot agency in Leeds.", "Moving from spreadsheets to Hub Spot CRM is easier than you think.",
            "Double your leads in 30 days with Northwind Loop!", "Just e-mail us your HubSpot login and we start today.", "We set up one shared login for your whole team.",
            "Book the HubSpot Turbo&trade; package today.", "More pipeline or your money back.", "We connect your shop with HubSpots CRM and your ERP.",
            "All of Hub<b>spot</b>&rsquo;s reports, explained.", "The leading HubSpot agency in Norway.", "We&#39;ll be your Super Admin, so you can relax.",
        ],
        gap: " ",
    },
    Language {
        tag: "de",
        starts: &[
            "Unser Team", "Eine saubere Kontaktdatenbank", "Jede Einführung", "Der erste Workshop", "Ihr Portal", "HubSpot", "Der Projektplan", "Die Übergabe",
            "Eine ehrliche Bestandsaufnahme", "Das Berichtswesen", "Die Anbindung Ihres ERP-Systems", "Gute Dokumentation",
        ],
        middles: &[
            "verbindet Ihre Website mit", "beginnt mit", "zeigt auf einen Blick", "ersetzt ein Dutzend Tabellen durch", "braucht erstaunlich wenig von", "führt Schritt für Schritt zu",
            "lässt Raum für", "erklärt in einfachen Worten", "prüft regelmäßig", "ordnet",
        ],
        ends: &[
            "den Zahlen, die im Quartal zählen.", "klaren Zuständigkeiten und einem festen Preis.", "Lebenszyklusphasen, die alle verstehen.", "den Fragen, die der Support täglich hört.",
            "Größe, Branche und Einwilligung.", "Schulungen für neue Kolleginnen und Kollegen.", "dem Vertrieb, dem Marketing und dem Service.", "Ihrem bestehenden HubSpot-Konto.",
        ],
        headings: &["Leistungen", "Über uns", "Preise", "CRM-Einführung", "Datenübernahme", "Häufige Fragen", "Referenzen", "HubSpot-Onboarding", "Schulungen f&uuml;r Teams"],
        labels: &["Startseite", "Leistungen", "Preise", "Über uns", "Kontakt", "Impressum", "Datenschutz", "Mehr erfahren", "Vorname", "Unternehmensgröße", "Termin buchen"],
        faults: &[
            "Wir sind Ihre Hubspot-Agentur in Hamburg.", "Die führende HubSpot-Agentur im Norden.", "Mit uns sind garantierte Leads kein Traum.",
            "Senden Sie uns Ihre Zugangsdaten vor dem Workshop.", "Ein gemeinsamer Login für das ganze Team spart Lizenzen.", "Alles über hubspot und Vertrieb.",
        ],
        gap: " ",
    },
    Language {
        tag: "fr",
        starts: &["Notre équipe", "Chaque déploiement", "Le premier atelier", "Votre portail", "HubSpot", "La migration des données", "Un bon tableau de bord", "L’audit initial"],
        middles: &["relie votre site à", "commence par", "montre d’un coup d’œil", "remplace une douzaine de fichiers par", "laisse de la place pour", "explique simplement", "mène pas à pas vers"],
        ends: &[
            "les chiffres qui comptent ce trimestre.", "des rôles clairs et un prix fixe.", "les questions que le support entend chaque jour.", "la façon dont vos clients décident.",
            "une formation pour les nouveaux collègues.", "votre compte HubSpot existant.", "la qualité des données et le consentement.",
        ],
        headings: &["Nos services", "À propos", "Tarifs", "Intégration CRM", "Questions fréquentes", "R&eacute;f&eacute;rences", "Formation HubSpot"],
        labels: &["Accueil", "Services", "Tarifs", "À propos", "Contact", "Mentions légales", "En savoir plus", "Prénom", "Prendre rendez-vous"],
        faults: &["Nous sommes une agence Hubspot à Lyon.", "Formations hubspot pour toute votre équipe.", "Passez de vos tableurs à Hub Spot CRM."],
        gap: " ",
    },
    Language {
        tag: "es",
        starts: &["Nuestro equipo", "Cada proyecto", "El primer taller", "Su portal", "HubSpot", "La migración de datos", "Un buen informe", "La auditoría inicial"],
        middles: &["conecta su sitio web con", "empieza por", "muestra de un vistazo", "sustituye una docena de hojas por", "deja espacio para", "explica con sencillez", "avanza paso a paso hacia"],
        ends: &[
            "las cifras que importan en el trimestre.", "responsabilidades claras y un precio fijo.", "las preguntas que oye el soporte cada día.", "la forma en que deciden sus clientes.",
            "la formación de los nuevos compañeros.", "su cuenta de HubSpot.", "la calidad de los datos y el consentimiento.",
        ],
        headings: &["Servicios", "Quiénes somos", "Precios", "Implantación de CRM", "Preguntas frecuentes", "Casos", "Formaci&oacute;n HubSpot"],
        labels: &["Inicio", "Servicios", "Precios", "Nosotros", "Contacto", "Aviso legal", "Leer más", "Nombre", "Reservar una llamada"],
        faults: &["Somos una agencia Hubspot en Valencia.", "Envíanos tu contraseña y empezamos.", "Todo sobre hubspot y ventas."],
        gap: " ",
    },
    Language {
        tag: "pt",
        starts: &["Nossa equipe", "Cada implantação", "A primeira oficina", "O seu portal", "HubSpot", "A migração dos dados", "Um bom relatório", "A auditoria inicial"],
        middles: &["liga o seu site com", "começa por", "mostra de relance", "substitui uma dúzia de planilhas por", "deixa espaço para", "explica de forma simples", "avança passo a passo para"],
        ends: &[
            "os números que importam no trimestre.", "papéis claros e um preço fixo.", "as perguntas que o suporte ouve todos os dias.", "a forma como os seus clientes decidem.",
            "a formação dos novos colegas.", "a sua conta HubSpot.", "a qualidade dos dados e o consentimento.",
        ],
        headings: &["Serviços", "Sobre nós", "Preços", "Implantação de CRM", "Perguntas frequentes", "Casos", "Forma&ccedil;&atilde;o HubSpot"],
        labels: &["Início", "Serviços", "Preços", "Sobre", "Contato", "Aviso legal", "Saiba mais", "Nome", "Marcar uma conversa"],
        faults: &["Somos uma agência Hubspot em Curitiba.", "Tudo sobre hubspot e vendas."],
        gap: " ",
    },
    Language {
        tag: "ja",
        starts: &["私たちのチームは", "最初のワークショップでは", "データ移行は", "HubSpotの導入は", "営業部門の責任者は", "運用マニュアルは", "CRMの定着は"],
        middles: &["既存の業務フローを整理し、", "毎月の数字を見える化し、", "担当者ごとの役割を決め、", "お客様の声をもとに、", "段階的に", "現場の負担を減らしながら、"],
        ends: &[
            "無理のない計画で進めます。", "一つの画面で確認できるようにします。", "研修と文書で引き継ぎます。", "四半期ごとに見直します。", "ERPや電話システムと連携します。", "品質と同意の管理を徹底します。",
        ],
        headings: &["サービス", "会社概要", "料金", "導入支援", "よくある質問", "事例紹介", "HubSpot研修"],
        labels: &["ホーム", "サービス", "料金", "会社概要", "お問い合わせ", "プライバシー", "詳しく見る", "お名前", "メールアドレス"],
        faults: &["東京のHubspot代理店です。", "Hubspotの導入支援を行っています。"],
        gap: "",
    },
];

/// Firms that exist nowhere.
pub const FIRMS: [&str; 12] = [
    "Brightpath", "Northwind Loop", "Fennside", "Haselgrund", "Copperline", "Quarry Lane", "Silverbirch", "Bramble & Finch", "Tidewater Desk", "Lantern Row", "Kestrel Works", "Oak & Ember",
];

pub const CITIES: [(&str, &str, &str); 8] = [
    ("Leeds", "England", "GB"), ("Hamburg", "Hamburg", "DE"), ("Lyon", "Auvergne-Rhône-Alpes", "FR"), ("Boise", "Idaho", "US"),
    ("Umeå", "Västerbotten", "SE"), ("Curitiba", "Paraná", "BR"), ("大阪", "大阪府", "JP"), ("Valencia", "Comunitat Valenciana", "ES"),
];

impl Language {
    pub fn sentence(&self, r: &mut Random) -> String {
        let space = if self.gap.is_empty() { "" } else { " " };
        format!("{}{space}{}{space}{}", r.pick(self.starts), r.pick(self.middles), r.pick(self.ends))
    }
}
