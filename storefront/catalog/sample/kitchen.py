"""What one brews and cooks with: brewing tools, kitchen crafts and gift boxes."""

from .shapes import Product, Variant

KITCHEN = (
    Product(
        slug="dripper-gerabah",
        name="Dripper Gerabah",
        category="alat-seduh",
        price=95_000,
        stock=12,
        weight_grams=620,
        summary="Corong seduh dari tanah liat Bayat, menahan panas lebih lama daripada plastik.",
        description=(
            "Diputar tangan di Bayat, Klaten, lalu dilapisi glasir bening di bagian dalam. "
            "Alur di dindingnya membuat air turun rata.\n\n"
            "Pas untuk kertas saring kerucut ukuran 1 sampai 2 cangkir. Setiap buah sedikit berbeda.\n\n"
            "Tinggi 9 cm, diameter 11 cm."
        ),
    ),
    Product(
        slug="ketel-leher-angsa",
        name="Ketel Leher Angsa 600 ml",
        category="alat-seduh",
        price=215_000,
        stock=9,
        weight_grams=780,
        summary="Cerat ramping agar tuangan pelan dan tepat. Baja tahan karat, gagang kayu.",
        description=(
            "Ketel baja tahan karat dengan cerat ramping, enak untuk menuang pelan. "
            "Gagangnya kayu sonokeling buatan bengkel di Jepara, bisa dilepas saat dicuci.\n\n"
            "Bisa dipakai di kompor gas dan listrik, bukan kompor induksi.\n\n"
            "Isi 600 ml."
        ),
    ),
    Product(
        slug="gilingan-kopi-tangan",
        name="Gilingan Kopi Tangan",
        category="alat-seduh",
        price=289_000,
        stock=2,
        weight_grams=640,
        summary="Mata gilingan baja, 24 tingkat kehalusan. Cukup untuk dua cangkir sekali giling.",
        description=(
            "Badan aluminium dengan mata gilingan baja. Putar cincin di bawah untuk memilih satu dari "
            "24 tingkat, dari tubruk sampai seduh dingin.\n\n"
            "Muat 25 gram biji, selesai digiling dalam satu menit. Semua bagian bisa dibuka untuk dibersihkan "
            "dengan kuas; jangan dicuci dengan air."
        ),
    ),
    Product(
        slug="saringan-teh-bambu",
        name="Saringan Teh Bambu",
        category="alat-seduh",
        price=24_000,
        stock=48,
        weight_grams=60,
        summary="Anyaman rapat dengan gagang panjang, pas di bibir gelas dan poci.",
        description=(
            "Dianyam dari bambu tali oleh perajin di Moyudan. Cukup rapat untuk daun teh utuh dan teh tubruk.\n\n"
            "Bilas dan angin-anginkan sampai kering setelah dipakai. Diameter 7 cm, panjang 19 cm."
        ),
    ),
    Product(
        slug="stoples-kaca-tutup-jati",
        name="Stoples Kaca Tutup Jati 800 ml",
        category="alat-seduh",
        price=64_000,
        stock=20,
        weight_grams=720,
        summary="Kedap udara, untuk biji kopi, teh, atau gula. Tutup dari kayu jati sisa mebel.",
        description=(
            "Kaca bening dengan tutup jati dan karet penutup, sehingga aroma kopi bertahan. "
            "Kayunya dari potongan sisa bengkel mebel, jadi seratnya tidak pernah sama.\n\n"
            "Muat kira-kira 300 gram biji kopi. Tutup kayu jangan direndam."
        ),
    ),
    Product(
        slug="poci-tanah-liat",
        name="Poci Tanah Liat 500 ml",
        category="alat-seduh",
        price=74_000,
        stock=14,
        weight_grams=850,
        summary="Poci tanpa glasir untuk teh melati pekat. Makin lama dipakai, makin wangi.",
        description=(
            "Tanah liat merah dari Slawi, dibakar tanpa glasir seperti poci warung. "
            "Rebus dengan daun teh sekali sebelum pemakaian pertama.\n\n"
            "Cukup dibilas air panas; sabun akan tertinggal di pori-porinya. Isi 500 ml."
        ),
    ),
    Product(
        slug="cangkir-gerabah-glasir",
        name="Cangkir Gerabah Glasir 180 ml",
        category="kerajinan-dapur",
        price=58_000,
        stock=26,
        weight_grams=340,
        summary="Bagian atas berlapis glasir hijau lumut, bagian bawah tanah liat polos.",
        description=(
            "Diputar tangan di Bayat dan dibakar dua kali. Glasir hijau lumutnya menetes sendiri, "
            "jadi setiap cangkir punya garis yang berbeda.\n\n"
            "Aman untuk air panas dan microwave. Isi 180 ml."
        ),
    ),
    Product(
        slug="cobek-batu-merapi",
        name="Cobek Batu Merapi 20 cm dan Ulekan",
        category="kerajinan-dapur",
        price=145_000,
        stock=8,
        weight_grams=4_200,
        summary="Dipahat dari batu andesit, berat dan tidak bergeser. Bukan cetakan semen.",
        description=(
            "Batu andesit dari Muntilan, dipahat utuh bersama ulekannya. Beratnya sekitar empat kilogram, "
            "sehingga tidak bergeser saat dipakai.\n\n"
            "Sebelum pemakaian pertama, ulek segenggam beras sampai tepungnya tetap putih, lalu bilas."
        ),
    ),
    Product(
        slug="talenan-jati",
        name="Talenan Jati 35 x 20 cm",
        category="kerajinan-dapur",
        price=118_000,
        stock=17,
        weight_grams=1_150,
        summary="Sebilah jati tanpa sambungan, dilapisi minyak kelapa. Tebal dan nyaman digantung.",
        description=(
            "Satu bilah kayu jati tanpa lem, tebal 2 cm, dengan lubang gantungan. "
            "Dihaluskan lalu dilapisi minyak kelapa.\n\n"
            "Cuci dengan tangan, keringkan berdiri, dan olesi minyak sebulan sekali."
        ),
    ),
    Product(
        slug="sendok-kayu-mahoni",
        name="Sendok Kayu Mahoni, isi 3",
        category="kerajinan-dapur",
        price=48_000,
        stock=33,
        weight_grams=150,
        summary="Sendok masak, sendok saji, dan sodet. Tidak menggores wajan.",
        description=(
            "Tiga sendok dari kayu mahoni yang diserut tangan, masing-masing sekitar 28 cm. "
            "Tidak menggores wajan antilengket.\n\n"
            "Lapisannya minyak kelapa, tanpa pernis."
        ),
    ),
    Product(
        slug="irus-batok-kelapa",
        name="Irus Batok Kelapa",
        category="kerajinan-dapur",
        price=29_000,
        stock=41,
        weight_grams=130,
        summary="Sendok sayur dari tempurung kelapa dengan gagang bambu. Ringan dan tahan panas.",
        description=(
            "Tempurung kelapa tua yang dihaluskan luar dalam, diikat pada gagang bambu dengan pasak kayu. "
            "Tanpa paku dan tanpa lem.\n\n"
            "Yang sedang panjangnya 34 cm dan menciduk kira-kira 90 ml; yang besar 40 cm dan 150 ml."
        ),
        options=("Ukuran",),
        variants=(Variant(("Sedang",), 29), Variant(("Besar",), 12, price=36_000, weight_grams=190)),
    ),
    Product(
        slug="lap-dapur-lurik",
        name="Lap Dapur Lurik, isi 2",
        category="kerajinan-dapur",
        price=56_000,
        stock=30,
        weight_grams=180,
        summary="Tenun lurik dari alat tenun bukan mesin di Pedan. Menyerap, cepat kering.",
        description=(
            "Kain katun bergaris yang ditenun di Pedan, Klaten, lalu dijahit rapi di keempat sisi. "
            "Makin sering dicuci makin lembut.\n\n"
            "Dua lembar, masing-masing 45 x 65 cm. Cuci terpisah pada dua pencucian pertama."
        ),
        options=("Warna",),
        variants=(Variant(("Merah bata",), 16), Variant(("Biru nila",), 11), Variant(("Hijau lumut",), 3)),
    ),
    Product(
        slug="celemek-lurik",
        name="Celemek Lurik",
        category="kerajinan-dapur",
        price=128_000,
        stock=23,
        weight_grams=260,
        summary="Celemek tenun lurik dengan satu saku lebar, talinya bisa diatur. Untuk dapur dan kedai.",
        description=(
            "Kain lurik tebal dari Pedan, dijahit penjahit rumahan di Salatiga. Talinya dari katun, tidak melar.\n\n"
            "**Ukuran**\n\n"
            "- Anak: 45 x 55 cm, untuk tinggi badan 110 sampai 140 cm\n"
            "- Dewasa: 68 x 85 cm\n\n"
            "Cuci dengan air dingin dan jemur di tempat teduh, supaya warnanya tetap tegas."
        ),
        options=("Warna", "Ukuran"),
        variants=(
            Variant(("Merah bata", "Anak"), 6, price=96_000, weight_grams=180),
            Variant(("Merah bata", "Dewasa"), 9),
            Variant(("Biru nila", "Anak"), 0, price=96_000, weight_grams=180),
            Variant(("Biru nila", "Dewasa"), 8),
        ),
    ),
    Product(
        slug="tampah-bambu",
        name="Tampah Bambu 40 cm",
        category="kerajinan-dapur",
        price=45_000,
        stock=19,
        weight_grams=420,
        summary="Untuk menampi, menjemur, atau menyajikan tumpeng. Anyaman rapat berbingkai kuat.",
        description=(
            "Anyaman bambu apus dengan bingkai rotan, buatan ibu-ibu di Banyubiru. "
            "Dipakai untuk menjemur biji kopi di dapur kami sendiri.\n\n"
            "Diameter 40 cm. Jemur sebentar bila lembap."
        ),
    ),
    Product(
        slug="besek-pagi",
        name="Besek Pagi: Kopi, Gula Semut, dan Cangkir",
        category="paket-hadiah",
        price=189_000,
        stock=11,
        weight_grams=1_050,
        summary="Kopi Tubruk Pawon, gula semut kecil, dan satu cangkir gerabah dalam besek bambu.",
        description=(
            "Isi besek: Kopi Tubruk Pawon 250 g, gula semut aren 200 g, dan satu cangkir gerabah glasir. "
            "Dialasi daun pisang kering dan diikat tali rami.\n\n"
            "Tulis pesan Anda di catatan pesanan; kami salin dengan tangan di kartunya."
        ),
    ),
    Product(
        slug="besek-sore",
        name="Besek Sore: Teh Melati, Gula Batu, dan Poci",
        category="paket-hadiah",
        price=168_000,
        stock=10,
        weight_grams=1_400,
        summary="Seperangkat teh poci: teh melati, gula batu, satu poci, dan dua cangkir kecil.",
        description=(
            "Isi besek: Teh Melati Tubruk 150 g, gula batu 200 g, satu poci tanah liat, dan dua cangkir kecil. "
            "Semua dibungkus kertas supaya tidak beradu di jalan.\n\n"
            "Tulis pesan Anda di catatan pesanan; kami salin dengan tangan di kartunya."
        ),
    ),
    Product(
        slug="paket-seduh-pertama",
        name=(
            "Paket Seduh Pertama: Dripper Gerabah, Kertas Saring Isi 40, Arabika Merbabu Natural 200 g, "
            "dan Kartu Takaran untuk yang Baru Mulai Menyeduh di Rumah"
        ),
        category="paket-hadiah",
        price=212_000,
        stock=13,
        weight_grams=1_080,
        summary="Semua yang perlu untuk cangkir pertama, kecuali air panasnya.",
        description=(
            "Dripper gerabah, empat puluh lembar kertas saring, sekantong arabika Merbabu yang sudah digiling sedang, "
            "dan kartu takaran dengan gambar langkah demi langkah.\n\n"
            "Lebih hemat daripada dibeli satu per satu, dan enak dijadikan kado."
        ),
    ),
)
