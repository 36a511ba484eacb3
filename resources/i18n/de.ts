<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>deskbell</name>
    <message>
      <location filename="desktop/actionrow.py" />
      <source>{label}, done by the relay</source>
      <translation>{label}, vom Relay ausgeführt</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>Please enter the address of the relay, for example relay.example.com.</source>
      <translation>Bitte geben Sie die Adresse des Relays ein, zum Beispiel relay.example.com.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>The address must not contain spaces.</source>
      <translation>Die Adresse darf keine Leerzeichen enthalten.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>The way to {host} would not be protected. The address has to begin with https://.</source>
      <translation>Der Weg zu {host} wäre nicht geschützt. Die Adresse muss mit https:// beginnen.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>This is not an address. It looks like relay.example.com.</source>
      <translation>Das ist keine Adresse. Sie sieht aus wie relay.example.com.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>The address has to begin with https://.</source>
      <translation>Die Adresse muss mit https:// beginnen.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>The address must not contain a user name, a question mark or a hash sign.</source>
      <translation>Die Adresse darf weder Benutzernamen noch Fragezeichen noch Rautezeichen enthalten.</translation>
    </message>
    <message>
      <location filename="desktop/address.py" />
      <source>This name cannot be the name of a computer.</source>
      <translation>So kann kein Computer heißen.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>This computer is not signed in any more. Please pair it again.</source>
      <translation>Dieser Computer ist nicht mehr angemeldet. Bitte koppeln Sie ihn erneut.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay does not know this, or does not show it to you.</source>
      <translation>Das Relay kennt dies nicht oder zeigt es Ihnen nicht.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>That was too much at once. Please try again in a moment.</source>
      <translation>Das war zu viel auf einmal. Bitte versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay is not ready at the moment. Please try again.</source>
      <translation>Das Relay ist im Moment nicht bereit. Bitte versuchen Sie es erneut.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay has a problem at the moment (HTTP {status}).</source>
      <translation>Das Relay hat im Moment ein Problem (HTTP {status}).</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>Somebody else has changed this meanwhile.</source>
      <translation>Jemand anderes hat dies inzwischen geändert.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay refused this (HTTP {status}).</source>
      <translation>Das Relay hat dies abgelehnt (HTTP {status}).</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay's answer is too large.</source>
      <translation>Die Antwort des Relays ist zu groß.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay refused this.</source>
      <translation>Das Relay hat dies abgelehnt.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay answered in a way that this version does not understand.</source>
      <translation>Das Relay antwortete so, dass diese Version es nicht versteht.</translation>
    </message>
    <message>
      <location filename="desktop/api.py" />
      <source>The relay cannot be reached at the moment.</source>
      <translation>Das Relay ist im Moment nicht erreichbar.</translation>
    </message>
    <message>
      <location filename="desktop/autostart.py" />
      <source>could not be set: {reason}.</source>
      <translation>konnte nicht gesetzt werden: {reason}.</translation>
    </message>
    <message>
      <location filename="desktop/autostart.py" />
      <source>is switched off in this computer's own settings.</source>
      <translation>ist in den eigenen Einstellungen dieses Computers ausgeschaltet.</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Claimed by {name}</source>
      <translation>Übernommen von {name}</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Claimed by somebody else</source>
      <translation>Von jemand anderem übernommen</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Offered to {name}</source>
      <translation>{name} angeboten</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Offered to somebody else</source>
      <translation>Jemand anderem angeboten</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Done by {name}</source>
      <translation>Erledigt von {name}</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Done</source>
      <translation>Erledigt</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Passed on to {name}</source>
      <translation>Weitergegeben an {name}</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Passed on</source>
      <translation>Weitergegeben</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Expired</source>
      <translation>Abgelaufen</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Not needed any more</source>
      <translation>Nicht mehr nötig</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Nobody has it</source>
      <translation>Noch bei niemandem</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Claimed by me</source>
      <translation>Von mir übernommen</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Offered to me</source>
      <translation>Mir angeboten</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Done by me</source>
      <translation>Von mir erledigt</translation>
    </message>
    <message>
      <location filename="desktop/badge.py" />
      <source>Missed</source>
      <translation>Verpasst</translation>
    </message>
    <message>
      <location filename="desktop/caller.py" />
      <source>Something went wrong in Deskbell. Please try again.</source>
      <translation>In Deskbell ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal.</translation>
    </message>
    <message>
      <location filename="desktop/caller.py" />
      <source>This computer is not signed in.</source>
      <translation>Dieser Computer ist nicht angemeldet.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/carddesk.py" />
      <source>%n marked as read.</source>
      <translation>
        <numerusform>%n als gelesen markiert.</numerusform>
        <numerusform>%n als gelesen markiert.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/carddesk.py" />
      <source>Paused until {at}.</source>
      <translation>Pausiert bis {at}.</translation>
    </message>
    <message>
      <location filename="desktop/carddesk.py" />
      <source>Asking the relay…</source>
      <translation>Das Relay wird gefragt …</translation>
    </message>
    <message>
      <location filename="desktop/carddesk.py" />
      <source>{paused} What {who} has locked still comes.</source>
      <translation>{paused} Was {who} vorgeschrieben hat, kommt weiterhin.</translation>
    </message>
    <message>
      <location filename="desktop/casework.py" />
      <source>Given back</source>
      <translation>Zurückgegeben</translation>
    </message>
    <message>
      <location filename="desktop/casework.py" />
      <source>Sent to the relay</source>
      <translation>Ans Relay gesendet</translation>
    </message>
    <message>
      <location filename="desktop/certificate.py" />
      <source>nobody who is named</source>
      <translation>niemandem mit Namen</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>Trusted: issued by {issuer}, good until {until} ({version}).</source>
      <translation>Vertrauenswürdig: ausgestellt von {issuer}, gültig bis {until} ({version}).</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>Trusted, but read on the way: signed by {root}, not by a public authority.</source>
      <translation>Vertrauenswürdig, aber unterwegs mitgelesen: unterschrieben von {root}, nicht von einer öffentlichen Stelle.</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>{subject}, issued by {issuer}, good until {until}</source>
      <translation>{subject}, ausgestellt von {issuer}, gültig bis {until}</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>That is your company's decision. If links break, tell your IT.</source>
      <translation>Das hat Ihre Firma so entschieden. Wenn Verbindungen abbrechen, melden Sie es Ihrer IT.</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>Trusted, but signed by {root}, not by a public authority.</source>
      <translation>Vertrauenswürdig, aber unterschrieben von {root}, nicht von einer öffentlichen Stelle.</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>Usual for a relay with a certificate of your company; else something reads along.</source>
      <translation>Das ist üblich bei einem Relay mit einem Zertifikat Ihrer Firma; sonst liest etwas mit.</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>{root}, known to this computer</source>
      <translation>{root}, diesem Computer bekannt</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>{root}, not known to this computer</source>
      <translation>{root}, diesem Computer nicht bekannt</translation>
    </message>
    <message>
      <location filename="desktop/chainwords.py" />
      <source>Please tell your IT: it ends soon.</source>
      <translation>Bitte sagen Sie es Ihrer IT: Es läuft bald ab.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>{name} has claimed it already.</source>
      <translation>{name} hat es schon übernommen.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>It was done already.</source>
      <translation>Es war schon erledigt.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>Its time was over.</source>
      <translation>Die Zeit war vorbei.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>It was not needed any more.</source>
      <translation>Es wurde nicht mehr gebraucht.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>It was passed on.</source>
      <translation>Es wurde weitergegeben.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>It was offered to somebody else.</source>
      <translation>Es wurde jemand anderem angeboten.</translation>
    </message>
    <message>
      <location filename="desktop/changes.py" />
      <source>Somebody</source>
      <translation>Jemand</translation>
    </message>
    <message>
      <location filename="desktop/checks.py" />
      <source>Not needed: the relay is on this computer.</source>
      <translation>Nicht nötig: Das Relay läuft auf diesem Computer.</translation>
    </message>
    <message>
      <location filename="desktop/checks.py" />
      <source>does not answer</source>
      <translation>antwortet nicht</translation>
    </message>
    <message>
      <location filename="desktop/checks.py" />
      <source>refuses the connection: nothing listens there</source>
      <translation>lehnt die Verbindung ab: Dort hört niemand zu</translation>
    </message>
    <message>
      <location filename="desktop/checks.py" />
      <source>cannot be reached</source>
      <translation>ist nicht erreichbar</translation>
    </message>
    <message>
      <location filename="desktop/checks.py" />
      <source>No certificate was shown: there was no connection.</source>
      <translation>Es wurde kein Zertifikat gezeigt: Es gab keine Verbindung.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/chip.py" />
      <source>+%n more</source>
      <translation>
        <numerusform>+%n weitere</numerusform>
        <numerusform>+%n weitere</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/chip.py" />
      <source>%n more notifications, open the history</source>
      <translation>
        <numerusform>%n weitere Benachrichtigung, Verlauf öffnen</numerusform>
        <numerusform>%n weitere Benachrichtigungen, Verlauf öffnen</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>This is offered to you</source>
      <translation>Dies wird Ihnen angeboten</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>You have it</source>
      <translation>Sie haben es</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Claim</source>
      <translation>Übernehmen</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Give back</source>
      <translation>Zurückgeben</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Pass on…</source>
      <translation>Weitergeben …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Claim this notification</source>
      <translation>Diese Benachrichtigung übernehmen</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Mark as done</source>
      <translation>Als erledigt kennzeichnen</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Give it back</source>
      <translation>Wieder zurückgeben</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Pass it on to somebody else</source>
      <translation>An jemand anderen weitergeben</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Claiming…</source>
      <translation>Wird übernommen …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Saving…</source>
      <translation>Wird gespeichert …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Giving back…</source>
      <translation>Wird zurückgegeben …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Passing on…</source>
      <translation>Wird weitergegeben …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Sending…</source>
      <translation>Wird gesendet …</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>No</source>
      <translation>Nein</translation>
    </message>
    <message>
      <location filename="desktop/claimbar.py" />
      <source>Yes</source>
      <translation>Ja</translation>
    </message>
    <message>
      <location filename="desktop/comforts.py" />
      <source>Relay: {relay} · signed in as {agent}</source>
      <translation>Relay: {relay} · angemeldet als {agent}</translation>
    </message>
    <message>
      <location filename="desktop/comforts.py" />
      <source>This computer is not paired with a relay.</source>
      <translation>Dieser Computer ist mit keinem Relay gekoppelt.</translation>
    </message>
    <message>
      <location filename="desktop/comforts.py" />
      <source>Your IT does not let links lead to {host}.</source>
      <translation>Ihre IT lässt keine Links zu {host} zu.</translation>
    </message>
    <message>
      <location filename="desktop/controls.py" />
      <source>Open</source>
      <translation>Öffnen</translation>
    </message>
    <message>
      <location filename="desktop/controls.py" />
      <source>{words}, opens {host} in the browser</source>
      <translation>{words}, öffnet {host} im Browser</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>{label}: asked for by {who}, on its way</source>
      <translation>{label}: verlangt von {who}, unterwegs</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>{label}: asked for by {who}, done</source>
      <translation>{label}: verlangt von {who}, erledigt</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>{label}: asked for by {who}, given up</source>
      <translation>{label}: verlangt von {who}, aufgegeben</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>{label}: asked for by {who}, not carried out</source>
      <translation>{label}: verlangt von {who}, nicht ausgeführt</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Claimed by {who}</source>
      <translation>Übernommen von {who}</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Given back by {who}</source>
      <translation>Zurückgegeben von {who}</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Done by {who}</source>
      <translation>Erledigt von {who}</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Closed by {who}</source>
      <translation>Geschlossen von {who}</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Claimed</source>
      <translation>Übernommen</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Given back: nobody was on it any more</source>
      <translation>Zurückgegeben: Niemand war mehr daran</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Open to everybody who has it</source>
      <translation>Offen für alle, die es haben</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Nobody was there to take it</source>
      <translation>Niemand war da, um zu übernehmen</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Escalated: nobody had taken it</source>
      <translation>Eskaliert: Niemand hatte es übernommen</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Its time was over</source>
      <translation>Die Zeit war abgelaufen</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Shown to you</source>
      <translation>Ihnen gezeigt</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Opened by you</source>
      <translation>Von Ihnen geöffnet</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Suggested reply copied by you</source>
      <translation>Antwortvorschlag von Ihnen kopiert</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Put away by you</source>
      <translation>Von Ihnen weggelegt</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>you</source>
      <translation>Ihnen</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>the playbook</source>
      <translation>dem Playbook</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>somebody else</source>
      <translation>jemand anderem</translation>
    </message>
    <message>
      <location filename="desktop/course.py" />
      <source>Passed on by {who} to {to}</source>
      <translation>Weitergegeben von {who} an {to}</translation>
    </message>
    <message>
      <location filename="desktop/degrade.py" />
      <source>New item</source>
      <translation>Neuer Eintrag</translation>
    </message>
    <message>
      <location filename="desktop/degrade.py" />
      <source>Urgent: {title}</source>
      <translation>Dringend: {title}</translation>
    </message>
    <message>
      <location filename="desktop/degrade.py" />
      <source>New from {source_name}</source>
      <translation>Neu von {source_name}</translation>
    </message>
    <message>
      <location filename="desktop/degrade.py" />
      <source>Copy reply</source>
      <translation>Antwort kopieren</translation>
    </message>
    <message>
      <location filename="desktop/detail.py" />
      <source>Delete</source>
      <translation>Löschen</translation>
    </message>
    <message>
      <location filename="desktop/detail.py" />
      <source>Mark unread</source>
      <translation>Als ungelesen</translation>
    </message>
    <message>
      <location filename="desktop/detail.py" />
      <source>Mark read</source>
      <translation>Als gelesen</translation>
    </message>
    <message>
      <location filename="desktop/detail.py" />
      <source>Suggested replies in {words}</source>
      <translation>Antwortvorschläge auf {words}</translation>
    </message>
    <message>
      <location filename="desktop/detail.py" />
      <source>What happened</source>
      <translation>Was geschehen ist</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>This is all that will be in the file. Sign-ins, names and addresses of people are left out, and so is everything about customers. Nothing is sent: give the file to your IT if you like.</source>
      <translation>Das ist alles, was in der Datei stehen wird. Anmeldungen, Namen und Adressen von Personen fehlen, ebenso alles über Kunden. Nichts wird gesendet: Geben Sie die Datei Ihrer IT, wenn Sie möchten.</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Checking…</source>
      <translation>Wird geprüft …</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Diagnostics</source>
      <translation>Diagnose</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Check again</source>
      <translation>Erneut prüfen</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Copy</source>
      <translation>Kopieren</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Save report…</source>
      <translation>Bericht speichern …</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Checks that have ended</source>
      <translation>Beendete Prüfungen</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>What was checked</source>
      <translation>Was geprüft wurde</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Copied</source>
      <translation>Kopiert</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Save the report</source>
      <translation>Bericht speichern</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>The report</source>
      <translation>Der Bericht</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Save…</source>
      <translation>Speichern …</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>Text (*.txt)</source>
      <translation>Text (*.txt)</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>The checks are not over yet.</source>
      <translation>Die Prüfungen sind noch nicht beendet.</translation>
    </message>
    <message>
      <location filename="desktop/diagnostics.py" />
      <source>The report could not be saved: {strerror}.</source>
      <translation>Der Bericht konnte nicht gespeichert werden: {strerror}.</translation>
    </message>
    <message>
      <location filename="desktop/dial.py" />
      <source>The proxy {error}. Please ask your IT.</source>
      <translation>Der Proxy {error}. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/dial.py" />
      <source>The proxy of this network {error}. Please ask your IT.</source>
      <translation>Der Proxy dieses Netzes {error}. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please ask your IT.</source>
      <translation>Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Something on the way does not let WebSockets through. Your IT could let them.</source>
      <translation>Etwas auf dem Weg lässt keine WebSockets durch. Ihre IT kann sie zulassen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Good</source>
      <translation>Gut</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Note</source>
      <translation>Hinweis</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Problem</source>
      <translation>Problem</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Not checked</source>
      <translation>Nicht geprüft</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Name of the relay</source>
      <translation>Name des Relays</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Way and proxy</source>
      <translation>Weg und Proxy</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Connection</source>
      <translation>Verbindung</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Certificate</source>
      <translation>Zertifikat</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Relay</source>
      <translation>Relay</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Heartbeat</source>
      <translation>Lebenszeichen</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Clock</source>
      <translation>Uhr</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Tray</source>
      <translation>Infobereich</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Notifications</source>
      <translation>Benachrichtigungen</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Keyring</source>
      <translation>Schlüsselbund</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Sound</source>
      <translation>Ton</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Screens</source>
      <translation>Bildschirme</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This took longer than {seconds:.0f} seconds and was left.</source>
      <translation>Dies dauerte länger als {seconds:.0f} Sekunden und wurde abgebrochen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This could not be checked ({kind}).</source>
      <translation>Dies konnte nicht geprüft werden ({kind}).</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This computer's clock is {span} {way} the relay's.</source>
      <translation>Die Uhr dieses Computers geht gegenüber der des Relays um {span} {way}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please let the system set the clock by itself.</source>
      <translation>Bitte lassen Sie das System die Uhr selbst stellen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This desktop has no tray. Deskbell's window stays open instead.</source>
      <translation>Dieser Desktop hat keinen Infobereich. Dafür bleibt Deskbells Fenster offen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The system shows no notifications.</source>
      <translation>Das System zeigt keine Benachrichtigungen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please allow notifications of Deskbell in the system's settings.</source>
      <translation>Bitte erlauben Sie Deskbell in den Systemeinstellungen, Benachrichtigungen zu zeigen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Sounds are played by {player}. A test toast lets you hear one.</source>
      <translation>Töne spielt {player}. Eine Testmeldung lässt einen hören.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source>%n screens</source>
      <translation>
        <numerusform>%n Bildschirm</numerusform>
        <numerusform>%n Bildschirme</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source>%n problems</source>
      <translation>
        <numerusform>%n Problem</numerusform>
        <numerusform>%n Probleme</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{max:.0f} seconds</source>
      <translation>{max:.0f} Sekunden</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{host} is {addresses}{more}.</source>
      <translation>{host} ist {addresses}{more}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{host} is not known here. With a proxy that is usual.</source>
      <translation>{host} ist hier nicht bekannt. Mit einem Proxy ist das üblich.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The proxy {trouble}.</source>
      <translation>Der Proxy {trouble}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Is this computer online, and the VPN on if your company has one?</source>
      <translation>Ist dieser Computer online und, falls Ihre Firma eines hat, das VPN an?</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please ask your IT to let {host} through without a sign-in, or to set a proxy for Deskbell that signs in for this computer.</source>
      <translation>Bitte lassen Sie {host} von Ihrer IT ohne Anmeldung freigeben, oder für Deskbell einen Proxy einstellen, der diesen Computer anmeldet.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This computer and the relay agree about the time.</source>
      <translation>Dieser Computer und das Relay sind sich über die Zeit einig.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>ahead of</source>
      <translation>vor</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>behind</source>
      <translation>nach</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The system can show notifications ({service}).</source>
      <translation>Das System kann Benachrichtigungen zeigen ({service}).</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please unlock it, or ask your IT.</source>
      <translation>Bitte entsperren Sie ihn oder fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The keyring works and holds the sign-in.</source>
      <translation>Der Schlüsselbund funktioniert und enthält die Anmeldung.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The keyring works. It holds no sign-in.</source>
      <translation>Der Schlüsselbund funktioniert. Er enthält keine Anmeldung.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Everything that could be checked works.</source>
      <translation>Alles, was geprüft werden konnte, funktioniert.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Deskbell diagnostics</source>
      <translation>Deskbell-Diagnose</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{value:.0f} ms</source>
      <translation>{value:.0f} ms</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source>%n days</source>
      <translation>
        <numerusform>%n Tag</numerusform>
        <numerusform>%n Tage</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source>%n hours</source>
      <translation>
        <numerusform>%n Stunde</numerusform>
        <numerusform>%n Stunden</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source>%n minutes</source>
      <translation>
        <numerusform>%n Minute</numerusform>
        <numerusform>%n Minuten</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please try again, or ask your IT.</source>
      <translation>Bitte versuchen Sie es erneut oder fragen Sie Ihre IT.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/doctor.py" />
      <source> and %n more</source>
      <translation>
        <numerusform> und %n weitere</numerusform>
        <numerusform> und %n weitere</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The name {host} is not known on this network.</source>
      <translation>Der Name {host} ist in diesem Netz nicht bekannt.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay is reached {words}.</source>
      <translation>Das Relay wird so erreicht: {words}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please look at the preferences.</source>
      <translation>Bitte sehen Sie in den Einstellungen nach.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{host} was reached in {took}.</source>
      <translation>{host} wurde in {took} erreicht.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay knows this computer as {agent}'s.</source>
      <translation>Das Relay kennt diesen Computer als den von {agent}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay is reached by requests.</source>
      <translation>Das Relay ist über einzelne Anfragen erreichbar.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Connected for {since}, by requests.</source>
      <translation>Seit {since} verbunden, über einzelne Anfragen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>There is no link at the moment.</source>
      <translation>Im Moment besteht keine Verbindung.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay answers in {took}.</source>
      <translation>Das Relay antwortet in {took}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This can only be seen while there is a link.</source>
      <translation>Das ist nur zu sehen, solange eine Verbindung besteht.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>This can only be seen in a graphical session.</source>
      <translation>Das ist nur in einer grafischen Sitzung zu sehen.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>What Deskbell noted (values are left out):</source>
      <translation>Was Deskbell notiert hat (ohne Werte):</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay answers.</source>
      <translation>Das Relay antwortet.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Connected for {since}.</source>
      <translation>Verbunden seit {since}.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The relay did not answer.</source>
      <translation>Das Relay hat nicht geantwortet.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Please try again.</source>
      <translation>Bitte versuchen Sie es erneut.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>The icon is in the tray.</source>
      <translation>Das Symbol ist im Infobereich.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>{said} Deskbell's own toasts work.</source>
      <translation>{said} Deskbells eigene Meldungen funktionieren.</translation>
    </message>
    <message>
      <location filename="desktop/doctor.py" />
      <source>Toasts will be silent.</source>
      <translation>Meldungen werden still sein.</translation>
    </message>
    <message>
      <location filename="desktop/enrolment.py" />
      <source>The sign-in could not be saved on this disk. You stay signed in until Deskbell is quit.</source>
      <translation>Die Anmeldung konnte auf dieser Festplatte nicht gespeichert werden. Sie bleiben angemeldet, bis Deskbell beendet wird.</translation>
    </message>
    <message>
      <location filename="desktop/enrolment.py" />
      <source>The keyring of this computer does not open. As soon as it does, Deskbell signs in by itself; or pair this computer again.</source>
      <translation>Der Schlüsselbund dieses Computers lässt sich nicht öffnen. Sobald er offen ist, meldet sich Deskbell selbst an; oder koppeln Sie diesen Computer neu.</translation>
    </message>
    <message>
      <location filename="desktop/enrolment.py" />
      <source>Something unexpected went wrong. Please try again, and tell your IT if it stays.</source>
      <translation>Etwas Unerwartetes ging schief. Bitte versuchen Sie es erneut, und sagen Sie es Ihrer IT, wenn es bleibt.</translation>
    </message>
    <message>
      <location filename="desktop/entry.py" />
      <source>You had had enough toasts within the hour.</source>
      <translation>Sie hatten in dieser Stunde schon genug Meldungen.</translation>
    </message>
    <message>
      <location filename="desktop/entry.py" />
      <source>Very many came at once.</source>
      <translation>Es kamen sehr viele auf einmal.</translation>
    </message>
    <message>
      <location filename="desktop/equipment.py" />
      <source>unnamed</source>
      <translation>ohne Namen</translation>
    </message>
    <message>
      <location filename="desktop/equipment.py" />
      <source>macOS tells it only in its settings</source>
      <translation>macOS sagt es nur in seinen Einstellungen</translation>
    </message>
    <message>
      <location filename="desktop/exportbar.py" />
      <source>Cancel the export</source>
      <translation>Export abbrechen</translation>
    </message>
    <message>
      <location filename="desktop/exportbar.py" />
      <source>Exporting… {percent} %</source>
      <translation>Wird exportiert … {percent} %</translation>
    </message>
    <message>
      <location filename="desktop/exporting.py" />
      <source>Export the chosen notifications</source>
      <translation>Gewählte Benachrichtigungen exportieren</translation>
    </message>
    <message>
      <location filename="desktop/exporting.py" />
      <source>Table (*.csv)</source>
      <translation>Tabelle (*.csv)</translation>
    </message>
    <message>
      <location filename="desktop/exporting.py" />
      <source>The export was cancelled.</source>
      <translation>Der Export wurde abgebrochen.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/exporting.py" />
      <source>%n exported.</source>
      <translation>
        <numerusform>%n Benachrichtigung exportiert.</numerusform>
        <numerusform>%n Benachrichtigungen exportiert.</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/face.py" />
      <source>%n times</source>
      <translation>
        <numerusform>%n-mal</numerusform>
        <numerusform>%n-mal</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>{words}: {title}</source>
      <translation>{words}: {title}</translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>{priority} notification: {title}.</source>
      <translation>Benachrichtigung ({priority}): {title}.</translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>More</source>
      <translation>Mehr</translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>Dismiss</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>Verified by the relay</source>
      <translation>Vom Relay geprüft</translation>
    </message>
    <message>
      <location filename="desktop/face.py" />
      <source>Verified: {scheme}</source>
      <translation>Geprüft: {scheme}</translation>
    </message>
    <message>
      <location filename="desktop/fields.py" />
      <source>No key</source>
      <translation>Keine Taste</translation>
    </message>
    <message>
      <location filename="desktop/fields.py" />
      <source>{screen} (not connected)</source>
      <translation>{screen} (nicht verbunden)</translation>
    </message>
    <message>
      <location filename="desktop/filter_model.py" />
      <source>Left to others</source>
      <translation>Anderen überlassen</translation>
    </message>
    <message>
      <location filename="desktop/filter_model.py" />
      <source>, locked by {locked_by}</source>
      <translation>, gesperrt von {locked_by}</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>New</source>
      <translation>Neu</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Claimed by others</source>
      <translation>Von anderen übernommen</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Today</source>
      <translation>Heute</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Yesterday</source>
      <translation>Gestern</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Last 7 days</source>
      <translation>Letzte 7 Tage</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>State</source>
      <translation>Stand</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Any state</source>
      <translation>Jeder Stand</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Time</source>
      <translation>Zeit</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Any time</source>
      <translation>Jederzeit</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Type</source>
      <translation>Art</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Any type</source>
      <translation>Jede Art</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Team</source>
      <translation>Team</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Any team</source>
      <translation>Jedes Team</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Unread</source>
      <translation>Ungelesen</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Only what is unread</source>
      <translation>Nur Ungelesenes</translation>
    </message>
    <message>
      <location filename="desktop/filterbar.py" />
      <source>Only {what}: take this away</source>
      <translation>Nur {what}: diese Einschränkung aufheben</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/filters.py" />
      <source>%n changes are not saved.</source>
      <translation>
        <numerusform>%n Änderung ist nicht gespeichert.</numerusform>
        <numerusform>%n Änderungen sind nicht gespeichert.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Filters</source>
      <translation>Filter</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>What reaches me, and how</source>
      <translation>Was mich erreicht, und wie</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Whose filters</source>
      <translation>Wessen Filter</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>My filters</source>
      <translation>Meine Filter</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Filters: kinds of notifications by how they concern you</source>
      <translation>Filter: Arten von Benachrichtigungen danach, wie sie Sie betreffen</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Try again</source>
      <translation>Erneut versuchen</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Leave it to the others</source>
      <translation>Den anderen überlassen</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>For how long</source>
      <translation>Wie lange</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Lock it for the team</source>
      <translation>Für das Team sperren</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Why? The team will read this.</source>
      <translation>Warum? Das Team liest dies.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Reason for the lock</source>
      <translation>Grund der Sperre</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Preview</source>
      <translation>Vorschau</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Undo changes</source>
      <translation>Änderungen zurücknehmen</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Save</source>
      <translation>Speichern</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>The relay has no playbooks yet, so there is nothing to filter.</source>
      <translation>Das Relay hat noch keine Playbooks; es gibt also nichts zu filtern.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Team {team}</source>
      <translation>Team {team}</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Why it is so</source>
      <translation>Warum es so ist</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Looking at the last 7 days…</source>
      <translation>Die letzten 7 Tage werden angesehen …</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Nothing of the last 7 days would have come otherwise.</source>
      <translation>Von den letzten 7 Tagen wäre nichts anders gekommen.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Please say why it is locked: the team will read it.</source>
      <translation>Bitte sagen Sie, warum es gesperrt ist: Das Team liest es.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>What reaches the team {team}, and how</source>
      <translation>Was das Team {team} erreicht, und wie</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Please wait.</source>
      <translation>Bitte warten.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Nothing has been changed.</source>
      <translation>Es wurde nichts geändert.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Choose a cell of the table.</source>
      <translation>Wählen Sie eine Zelle der Tabelle.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>It cannot be changed here.</source>
      <translation>Es kann hier nicht geändert werden.</translation>
    </message>
    <message>
      <location filename="desktop/filters.py" />
      <source>Decided by: {layer_name}.</source>
      <translation>Entschieden durch: {layer_name}.</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Toast and sound</source>
      <translation>Meldung und Ton</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Toast</source>
      <translation>Meldung</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>History only</source>
      <translation>Nur Verlauf</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Off</source>
      <translation>Aus</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>History</source>
      <translation>Verlauf</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Mine</source>
      <translation>Meine</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Nobody's</source>
      <translation>Offen</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Colleagues'</source>
      <translation>Im Team</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Followed</source>
      <translation>Beobachtet</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Nobody's yet, in my teams</source>
      <translation>Noch ohne Bearbeiter, in meinen Teams</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>A colleague's</source>
      <translation>Der Kollegin oder des Kollegen</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Always</source>
      <translation>Immer</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>For 1 hour</source>
      <translation>Für 1 Stunde</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Until tomorrow</source>
      <translation>Bis morgen</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>For 7 days</source>
      <translation>Für 7 Tage</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Deskbell's default</source>
      <translation>Vorgabe von Deskbell</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>The organisation</source>
      <translation>Die Organisation</translation>
    </message>
    <message>
      <location filename="desktop/filterwords.py" />
      <source>Team {who}</source>
      <translation>Team {who}</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Toasts are not seen here. Look whether this computer is set to do not disturb, and on which screen and in which corner the preferences show toasts. Everything is in the history meanwhile.</source>
      <translation>Meldungen sind hier nicht zu sehen. Prüfen Sie, ob dieser Computer auf „Nicht stören“ steht und auf welchem Bildschirm und in welcher Ecke die Einstellungen Meldungen zeigen. Inzwischen steht alles im Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>The tone was not heard here. Look at this computer's volume, and at sound in the preferences.</source>
      <translation>Der Ton war hier nicht zu hören. Prüfen Sie die Lautstärke dieses Computers und den Ton in den Einstellungen.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Windows puts new icons behind the arrow in the task bar: drag Deskbell's out of it, so that you see it.</source>
      <translation>Windows legt neue Symbole hinter den Pfeil in der Taskleiste: Ziehen Sie das von Deskbell dort heraus, damit Sie es sehen.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>You are ready. The icon in the tray says at any time whether you are connected.</source>
      <translation>Alles bereit. Das Symbol im Infobereich sagt jederzeit, ob Sie verbunden sind.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>This computer is paired</source>
      <translation>Dieser Computer ist gekoppelt</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Deskbell waits in the tray and tells you what happens to your customers. Does that work here?</source>
      <translation>Deskbell wartet im Infobereich und meldet, was bei Ihren Kunden geschieht. Funktioniert das hier?</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Did you see it?</source>
      <translation>Haben Sie sie gesehen?</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>A toast should be in the corner of your screen now.</source>
      <translation>In der Ecke Ihres Bildschirms sollte jetzt eine Meldung stehen.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Did you hear it?</source>
      <translation>Haben Sie ihn gehört?</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>One soft tone should have been played.</source>
      <translation>Ein leiser Ton sollte zu hören gewesen sein.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Show a test toast</source>
      <translation>Testmeldung zeigen</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Not now</source>
      <translation>Nicht jetzt</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Yes, I saw it</source>
      <translation>Ja, gesehen</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Yes, I heard it</source>
      <translation>Ja, gehört</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Welcome to Deskbell</source>
      <translation>Willkommen bei Deskbell</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Preferences…</source>
      <translation>Einstellungen …</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>The toast could not be shown on this computer.</source>
      <translation>Die Meldung konnte auf diesem Computer nicht gezeigt werden.</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>All is well</source>
      <translation>Alles in Ordnung</translation>
    </message>
    <message>
      <location filename="desktop/firstrun.py" />
      <source>Something is amiss</source>
      <translation>Etwas stimmt nicht</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Shown quietly: it is urgent, and you are not to be disturbed.</source>
      <translation>Still gezeigt: Es ist dringend, und Sie sollen nicht gestört werden.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: this computer is set to do not disturb.</source>
      <translation>Still: Dieser Computer steht auf „Nicht stören“.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: you were presenting.</source>
      <translation>Still: Sie haben präsentiert.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: you had paused toasts.</source>
      <translation>Still: Sie hatten Meldungen angehalten.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: these are your quiet hours.</source>
      <translation>Still: Es sind Ihre Ruhezeiten.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: filters sent this to the history only, or too many came at once.</source>
      <translation>Still: Filter schickten dies nur in den Verlauf, oder es kamen zu viele auf einmal.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: low priority goes to the history only.</source>
      <translation>Still: Niedrige Priorität kommt nur in den Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: somebody else has it.</source>
      <translation>Still: Jemand anderes hat es.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: it was over already.</source>
      <translation>Still: Es war schon vorbei.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Quiet: it was open in front of you.</source>
      <translation>Still: Es stand offen vor Ihnen.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>Waits: you were away.</source>
      <translation>Wartet: Sie waren nicht da.</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>quiet: this computer is set to do not disturb</source>
      <translation>still: dieser Computer ist auf „Nicht stören“ gestellt</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>quiet: something fills the screen</source>
      <translation>still: etwas füllt den Bildschirm</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>paused until {at}</source>
      <translation>angehalten bis {at}</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>quiet hours until {at}</source>
      <translation>Ruhezeiten bis {at}</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>quiet: you are presenting</source>
      <translation>still: Sie präsentieren</translation>
    </message>
    <message>
      <location filename="desktop/gate.py" />
      <source>quiet hours</source>
      <translation>Ruhezeiten</translation>
    </message>
    <message>
      <location filename="desktop/gathered.py" />
      <source>Kept quiet</source>
      <translation>Still behalten</translation>
    </message>
    <message>
      <location filename="desktop/gathered.py" />
      <source>While you were away</source>
      <translation>Während Sie weg waren</translation>
    </message>
    <message>
      <location filename="desktop/gathered.py" />
      <source>{items}, {urgent} urgent</source>
      <translation>{items}, {urgent} dringend</translation>
    </message>
    <message>
      <location filename="desktop/gathered.py" />
      <source>one customer</source>
      <translation>einem Kunden</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/gathered.py" />
      <source>%n items</source>
      <translation>
        <numerusform>%n Eintrag</numerusform>
        <numerusform>%n Einträge</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/gathered.py" />
      <source>and %n more</source>
      <translation>
        <numerusform>und %n weitere</numerusform>
        <numerusform>und %n weitere</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/groups.py" />
      <source>%n items about {customer}</source>
      <translation>
        <numerusform>%n Eintrag zu {customer}</numerusform>
        <numerusform>%n Einträge zu {customer}</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/history.py" />
      <source>%n notifications deleted.</source>
      <translation>
        <numerusform>%n Benachrichtigung gelöscht.</numerusform>
        <numerusform>%n Benachrichtigungen gelöscht.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>Deskbell history</source>
      <translation>Deskbell-Verlauf</translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>Not paired</source>
      <translation>Nicht gekoppelt</translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>Copied.</source>
      <translation>Kopiert.</translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>what you have claimed stays</source>
      <translation>was Sie übernommen haben, bleibt</translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>What you have claimed can't be deleted</source>
      <translation>Was Sie übernommen haben, lässt sich nicht löschen</translation>
    </message>
    <message>
      <location filename="desktop/history.py" />
      <source>{own}: be done with it first.</source>
      <translation>{own}: Erledigen Sie es zuerst.</translation>
    </message>
    <message>
      <location filename="desktop/historydesk.py" />
      <source>The inbox was damaged and begun anew. The old file is {aside}.</source>
      <translation>Der Eingang war beschädigt und wurde neu begonnen. Die alte Datei ist {aside}.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/historyframe.py" />
      <source>Notifications are kept for %n days.</source>
      <translation>
        <numerusform>Benachrichtigungen werden %n Tag aufbewahrt.</numerusform>
        <numerusform>Benachrichtigungen werden %n Tage aufbewahrt.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Search title, text and scripts</source>
      <translation>Titel, Text und Skripte durchsuchen</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Clear</source>
      <translation>Leeren</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Clear search and filters</source>
      <translation>Suche und Filter leeren</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Menu</source>
      <translation>Menü</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Search</source>
      <translation>Suchen</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Notifications are kept until somebody deletes them.</source>
      <translation>Benachrichtigungen werden aufbewahrt, bis jemand sie löscht.</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Mark all read</source>
      <translation>Alle gelesen</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/historyframe.py" />
      <source>%n found.</source>
      <translation>
        <numerusform>%n gefunden.</numerusform>
        <numerusform>%n gefunden.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Search is slow here: SQLite has no full-text index.</source>
      <translation>Die Suche ist hier langsam: SQLite hat keinen Volltextindex.</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Nothing found for “{wanted}”.</source>
      <translation>Nichts gefunden zu „{wanted}“.</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Choose a notification to read it.</source>
      <translation>Wählen Sie eine Benachrichtigung, um sie zu lesen.</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Nothing here fits these filters.</source>
      <translation>Nichts passt zu diesen Filtern.</translation>
    </message>
    <message>
      <location filename="desktop/historyframe.py" />
      <source>Nothing yet — what happens to your customers
will appear here the moment it does.</source>
      <translation>Noch nichts — was bei Ihren Kunden geschieht,
erscheint hier sofort.</translation>
    </message>
    <message>
      <location filename="desktop/inbox_store.py" />
      <source>The inbox cannot be used at the moment ({error}).</source>
      <translation>Der Eingang kann im Moment nicht verwendet werden ({error}).</translation>
    </message>
    <message>
      <location filename="desktop/inbox_store.py" />
      <source>The disk is full: nothing can be stored on this computer ({error}).</source>
      <translation>Der Datenträger ist voll: Auf diesem Computer kann nichts gespeichert werden ({error}).</translation>
    </message>
    <message>
      <location filename="desktop/inbox_store.py" />
      <source>The inbox on this computer cannot be written ({error}).</source>
      <translation>In den Eingang auf diesem Computer kann nicht geschrieben werden ({error}).</translation>
    </message>
    <message>
      <location filename="desktop/inbox_store.py" />
      <source>The inbox on this computer is damaged ({error}).</source>
      <translation>Der Eingang auf diesem Computer ist beschädigt ({error}).</translation>
    </message>
    <message>
      <location filename="desktop/inquirer.py" />
      <source>The relay does not tell this.</source>
      <translation>Das Relay gibt darüber keine Auskunft.</translation>
    </message>
    <message>
      <location filename="desktop/inquirer.py" />
      <source>The relay does not know this notification any more, or is too old to tell.</source>
      <translation>Das Relay kennt diese Benachrichtigung nicht mehr oder ist zu alt, um Auskunft zu geben.</translation>
    </message>
    <message>
      <location filename="desktop/inquirer.py" />
      <source>The relay cannot be asked right now.</source>
      <translation>Das Relay ist gerade nicht zu erreichen.</translation>
    </message>
    <message>
      <location filename="desktop/keychain.py" />
      <source>This computer has no keyring. You stay signed in until Deskbell is quit.</source>
      <translation>Dieser Computer hat keinen Schlüsselbund. Sie bleiben angemeldet, bis Deskbell beendet wird.</translation>
    </message>
    <message>
      <location filename="desktop/keychain.py" />
      <source>The keyring of this computer is locked. You stay signed in until Deskbell is quit.</source>
      <translation>Der Schlüsselbund dieses Computers ist gesperrt. Sie bleiben angemeldet, bis Deskbell beendet wird.</translation>
    </message>
    <message>
      <location filename="desktop/keychain.py" />
      <source>The keyring of this computer did not work. You stay signed in until Deskbell is quit.</source>
      <translation>Der Schlüsselbund dieses Computers hat nicht funktioniert. Sie bleiben angemeldet, bis Deskbell beendet wird.</translation>
    </message>
    <message>
      <location filename="desktop/keychain.py" />
      <source>{module} cannot hold a secret</source>
      <translation>{module} kann kein Geheimnis bewahren</translation>
    </message>
    <message>
      <location filename="desktop/keys.py" />
      <source>cannot be had here: this session does not let programs have keys.</source>
      <translation>ist hier nicht möglich: Diese Sitzung gibt Programmen keine Tasten.</translation>
    </message>
    <message>
      <location filename="desktop/keys.py" />
      <source>cannot be had on macOS.</source>
      <translation>ist auf macOS nicht möglich.</translation>
    </message>
    <message>
      <location filename="desktop/keys.py" />
      <source>can be a letter, a digit, F1 to F24 or a key such as Home, together with Ctrl, Alt or Meta.</source>
      <translation>kann ein Buchstabe, eine Ziffer, F1 bis F24 oder eine Taste wie Pos1 sein, zusammen mit Strg, Alt oder Meta.</translation>
    </message>
    <message>
      <location filename="desktop/keys.py" />
      <source>needs Ctrl, Alt or Meta beside the key, or you could not type it any more.</source>
      <translation>braucht Strg, Alt oder Meta zur Taste, sonst könnten Sie sie nicht mehr tippen.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is neither true nor false.</source>
      <translation>ist weder wahr noch falsch.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is none of {labels}.</source>
      <translation>ist keines von {labels}.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is no whole number.</source>
      <translation>ist keine ganze Zahl.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is not between {least} and {most}.</source>
      <translation>liegt nicht zwischen {least} und {most}.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is no text.</source>
      <translation>ist kein Text.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is longer than {most} characters, or cannot be read.</source>
      <translation>ist länger als {most} Zeichen oder nicht lesbar.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>is no list of texts.</source>
      <translation>ist keine Liste von Texten.</translation>
    </message>
    <message>
      <location filename="desktop/kinds.py" />
      <source>has more than {most} entries.</source>
      <translation>hat mehr als {most} Einträge.</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Sign {who} out of this computer?</source>
      <translation>{who} von diesem Computer abmelden?</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Notifications stop. What you have claimed is given back, unless you are signed in elsewhere.</source>
      <translation>Es kommen keine Meldungen mehr. Was Sie übernommen haben, wird zurückgegeben, sofern Sie nicht noch woanders angemeldet sind.</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>A history that is kept is shown to you alone, when you sign in here again.</source>
      <translation>Einen behaltenen Verlauf sehen nur Sie selbst, wenn Sie sich hier wieder anmelden.</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Sign out</source>
      <translation>Abmelden</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>You are signed out here, but the relay could not be told. Ask your IT to revoke this computer ({name}).</source>
      <translation>Sie sind hier abgemeldet, aber das Relay war nicht zu erreichen. Bitten Sie Ihre IT, diesem Computer ({name}) den Zugang zu entziehen.</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Sign out and keep the history</source>
      <translation>Abmelden und den Verlauf behalten</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Sign out and remove the history</source>
      <translation>Abmelden und den Verlauf löschen</translation>
    </message>
    <message>
      <location filename="desktop/leaving.py" />
      <source>Stay signed in</source>
      <translation>Angemeldet bleiben</translation>
    </message>
    <message>
      <location filename="desktop/limits.py" />
      <source>has “{name}”, which is no host such as crm.example.com or *.example.com.</source>
      <translation>enthält „{name}“, was kein Rechner wie crm.example.com oder *.example.com ist.</translation>
    </message>
    <message>
      <location filename="desktop/limits.py" />
      <source>is no address such as http://proxy.example.com:3128.</source>
      <translation>ist keine Adresse wie http://proxy.example.com:3128.</translation>
    </message>
    <message>
      <location filename="desktop/limits.py" />
      <source>is no address such as https://relay.example.com.</source>
      <translation>ist keine Adresse wie https://relay.example.com.</translation>
    </message>
    <message>
      <location filename="desktop/limits.py" />
      <source>is no full path.</source>
      <translation>ist kein vollständiger Pfad.</translation>
    </message>
    <message>
      <location filename="desktop/lineage.py" />
      <source>{issuer}, signed by {root}</source>
      <translation>{issuer}, unterschrieben von {root}</translation>
    </message>
    <message>
      <location filename="desktop/linkcard.py" />
      <source>Offline since {at}</source>
      <translation>Offline seit {at}</translation>
    </message>
    <message>
      <location filename="desktop/linkcard.py" />
      <source>What happens meanwhile arrives when the connection is back.</source>
      <translation>Was inzwischen geschieht, kommt an, sobald die Verbindung wieder da ist.</translation>
    </message>
    <message>
      <location filename="desktop/linkcard.py" />
      <source>Deskbell is not connected</source>
      <translation>Deskbell ist nicht verbunden</translation>
    </message>
    <message>
      <location filename="desktop/linkcard.py" />
      <source>Until then nothing new arrives here.</source>
      <translation>Bis dahin kommt hier nichts Neues an.</translation>
    </message>
    <message>
      <location filename="desktop/linkcard.py" />
      <source>Connected again</source>
      <translation>Wieder verbunden</translation>
    </message>
    <message>
      <location filename="desktop/menu.py" />
      <source>What can be done</source>
      <translation>Was man tun kann</translation>
    </message>
    <message>
      <location filename="desktop/menu.py" />
      <source>Open in the history</source>
      <translation>Im Verlauf öffnen</translation>
    </message>
    <message>
      <location filename="desktop/menu.py" />
      <source>Snooze {span}</source>
      <translation>Später erinnern: {span}</translation>
    </message>
    <message>
      <location filename="desktop/native.py" />
      <source>This system does not allow Deskbell to show notifications.</source>
      <translation>Dieses System erlaubt Deskbell nicht, Benachrichtigungen zu zeigen.</translation>
    </message>
    <message>
      <location filename="desktop/native.py" />
      <source>This system's notification service does not take notifications.</source>
      <translation>Der Benachrichtigungsdienst dieses Systems nimmt keine Benachrichtigungen an.</translation>
    </message>
    <message>
      <location filename="desktop/native.py" />
      <source>This system's notifications do not answer.</source>
      <translation>Die Benachrichtigungen dieses Systems antworten nicht.</translation>
    </message>
    <message>
      <location filename="desktop/native.py" />
      <source>This system's notifications cannot be used ({name}).</source>
      <translation>Die Benachrichtigungen dieses Systems sind nicht nutzbar ({name}).</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Show all</source>
      <translation>Alles zeigen</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Pause 15 min</source>
      <translation>15 min Pause</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Pause 1 h</source>
      <translation>1 h Pause</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Mark all as read</source>
      <translation>Alle gelesen</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Undo</source>
      <translation>Rückgängig</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Show all of them in the history</source>
      <translation>Alle davon im Verlauf zeigen</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Show no toasts of this kind for 15 minutes</source>
      <translation>15 Minuten lang keine Meldungen dieser Art zeigen</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Show no toasts of this kind for an hour</source>
      <translation>Eine Stunde lang keine Meldungen dieser Art zeigen</translation>
    </message>
    <message>
      <location filename="desktop/offerbar.py" />
      <source>Mark all of them as read</source>
      <translation>Alle davon als gelesen markieren</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>{base} could not be reached. Please check the address and your network.</source>
      <translation>{base} war nicht erreichbar. Bitte prüfen Sie die Adresse und Ihr Netz.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>Instead of {base} a web page answered. This network may want you to sign in first: please open a browser, or check the address.</source>
      <translation>Statt {base} antwortete eine Webseite. Vielleicht verlangt dieses Netz zuerst eine Anmeldung: Bitte öffnen Sie einen Browser oder prüfen Sie die Adresse.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>There is no Deskbell relay at {base}. Please check the address.</source>
      <translation>Bei {base} ist kein Deskbell-Relay. Bitte prüfen Sie die Adresse.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>{base} did not answer in time. Please try again.</source>
      <translation>{base} hat nicht rechtzeitig geantwortet. Bitte versuchen Sie es erneut.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>The proxy of this network did not let the connection through. Please ask your IT.</source>
      <translation>Der Proxy dieses Netzes hat die Verbindung nicht durchgelassen. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>Please enter the pairing code.</source>
      <translation>Bitte geben Sie den Kopplungscode ein.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>The certificate of {base} is not trusted by this computer ({verify_message}). Please ask your IT.</source>
      <translation>Dieser Computer vertraut dem Zertifikat von {base} nicht ({verify_message}). Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>No protected connection to {base} could be made. Please ask your IT.</source>
      <translation>Zu {base} kam keine geschützte Verbindung zustande. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>Too many wrong codes were tried. Please wait {said}, then try again.</source>
      <translation>Zu viele falsche Codes wurden versucht. Bitte warten Sie {said} und versuchen Sie es dann erneut.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>This code was not accepted. It may be mistyped, used already, or older than ten minutes. Please ask for a new one.</source>
      <translation>Dieser Code wurde nicht angenommen. Vielleicht ist er vertippt, schon benutzt oder älter als zehn Minuten. Bitte lassen Sie sich einen neuen geben.</translation>
    </message>
    <message>
      <location filename="desktop/pairing.py" />
      <source>The relay has a problem at the moment. Please try again, or ask your IT.</source>
      <translation>Das Relay hat im Moment ein Problem. Bitte versuchen Sie es erneut oder fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>The relay cannot be asked right now. You can type an address or the name of a team.</source>
      <translation>Das Relay ist gerade nicht zu erreichen. Sie können eine Adresse oder den Namen eines Teams eingeben.</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Pass on</source>
      <translation>Weitergeben</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>To whom</source>
      <translation>An wen</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Why</source>
      <translation>Warum</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Name, address or team</source>
      <translation>Name, Adresse oder Team</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>what they need to know</source>
      <translation>was andere wissen müssen</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Asking the relay who is there…</source>
      <translation>Das Relay wird gefragt, wer da ist …</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Choose somebody first.</source>
      <translation>Wählen Sie zuerst jemanden aus.</translation>
    </message>
    <message>
      <location filename="desktop/passing.py" />
      <source>Keep it</source>
      <translation>Behalten</translation>
    </message>
    <message>
      <location filename="desktop/pausing.py" />
      <source>{who} has made this mandatory: it cannot be paused.</source>
      <translation>{who} hat dies vorgeschrieben: Es lässt sich nicht pausieren.</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>set by your IT</source>
      <translation>von Ihrer IT festgelegt</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>set by your IT for you</source>
      <translation>von Ihrer IT für Sie festgelegt</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>set for this run</source>
      <translation>für diesen Lauf festgelegt</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>chosen by you</source>
      <translation>von Ihnen gewählt</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>recommended by your IT</source>
      <translation>von Ihrer IT empfohlen</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>recommended by your IT for you</source>
      <translation>von Ihrer IT für Sie empfohlen</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>set when installed</source>
      <translation>bei der Installation festgelegt</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>default</source>
      <translation>Vorgabe</translation>
    </message>
    <message>
      <location filename="desktop/policy.py" />
      <source>{place}: there is no setting “{name}”.</source>
      <translation>{place}: Es gibt keine Einstellung „{name}“.</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>{place} is left out: {why}.</source>
      <translation>{place} wird nicht beachtet: {why}.</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>the environment</source>
      <translation>die Umgebung</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>it is no table</source>
      <translation>es ist keine Tabelle</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>it is too large</source>
      <translation>es ist zu groß</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>recommended is no table</source>
      <translation>recommended ist keine Tabelle</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>somebody else than root may write it</source>
      <translation>nicht nur root darf darin schreiben</translation>
    </message>
    <message>
      <location filename="desktop/policy_places.py" />
      <source>it is no property list</source>
      <translation>es ist keine Property-Liste</translation>
    </message>
    <message>
      <location filename="desktop/portal_keys.py" />
      <source>Go to the newest toast</source>
      <translation>Zur neuesten Meldung gehen</translation>
    </message>
    <message>
      <location filename="desktop/portal_keys.py" />
      <source>was not allowed by your desktop.</source>
      <translation>wurde von Ihrem Desktop nicht erlaubt.</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Only your IT can change this.</source>
      <translation>Nur Ihre IT kann das ändern.</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Reset</source>
      <translation>Zurücksetzen</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Listen</source>
      <translation>Anhören</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Preferences</source>
      <translation>Einstellungen</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>No setting matches.</source>
      <translation>Keine Einstellung passt.</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Reset all</source>
      <translation>Alles zurücksetzen</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Search the preferences</source>
      <translation>Einstellungen durchsuchen</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Pages</source>
      <translation>Seiten</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Nothing here was chosen by you.</source>
      <translation>Hier haben Sie nichts selbst gewählt.</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Listen to</source>
      <translation>Anhören</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Shown by {form} at present.</source>
      <translation>Zurzeit gezeigt mit: {form}.</translation>
    </message>
    <message>
      <location filename="desktop/preferences.py" />
      <source>Press again to reset all</source>
      <translation>Zum Zurücksetzen noch einmal drücken</translation>
    </message>
    <message>
      <location filename="desktop/preferences_file.py" />
      <source>Your preferences were damaged: the defaults count. The old file is {aside}.</source>
      <translation>Ihre Einstellungen waren beschädigt: Es gelten die Vorgaben. Die alte Datei ist {aside}.</translation>
    </message>
    <message>
      <location filename="desktop/preferences_file.py" />
      <source>Your preferences in {path} are damaged: the defaults count.</source>
      <translation>Ihre Einstellungen in {path} sind beschädigt: Es gelten die Vorgaben.</translation>
    </message>
    <message>
      <location filename="desktop/preferences_file.py" />
      <source>The preferences could not be saved: {reason}.</source>
      <translation>Die Einstellungen konnten nicht gespeichert werden: {reason}.</translation>
    </message>
    <message>
      <location filename="desktop/preferences_file.py" />
      <source>Your preferences could not be read ({reason}): the defaults count.</source>
      <translation>Ihre Einstellungen waren nicht lesbar ({reason}): Es gelten die Vorgaben.</translation>
    </message>
    <message>
      <location filename="desktop/presenter.py" />
      <source>You were away; it was told with others as one number.</source>
      <translation>Sie waren nicht da; es wurde mit anderen als Zahl gemeldet.</translation>
    </message>
    <message>
      <location filename="desktop/presenter.py" />
      <source>Quiet: there was no room for it; what was more urgent stood on the screen.</source>
      <translation>Still: Es war kein Platz dafür; auf dem Bildschirm stand Dringenderes.</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>through the proxy {proxy}</source>
      <translation>über den Proxy {proxy}</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>directly</source>
      <translation>direkt</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>The proxy's address has to begin with http://, https:// or socks5://.</source>
      <translation>Die Adresse des Proxys muss mit http://, https:// oder socks5:// beginnen.</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>This is not the address of a proxy. It looks like http://proxy.example.com:3128.</source>
      <translation>Das ist keine Adresse eines Proxys. Sie sieht aus wie http://proxy.example.com:3128.</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>the relay is on this computer</source>
      <translation>das Relay läuft auf diesem Computer</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>set so for Deskbell</source>
      <translation>so für Deskbell eingestellt</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>set for Deskbell</source>
      <translation>für Deskbell eingestellt</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>no proxy is set</source>
      <translation>kein Proxy eingestellt</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>environment: {name}</source>
      <translation>Umgebung: {name}</translation>
    </message>
    <message>
      <location filename="desktop/proxies.py" />
      <source>environment: NO_PROXY names the relay</source>
      <translation>Umgebung: NO_PROXY nennt das Relay</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>mon, tue, wed, thu, fri, sat, sun</source>
      <translation>mo, di, mi, do, fr, sa, so</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has “{part}”, in which “{name}” is no day; the days are {days}.</source>
      <translation>enthält „{part}“, worin „{name}“ kein Tag ist; die Tage sind {days}.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has more than {windows} windows or {days} holidays.</source>
      <translation>hat mehr als {windows} Zeiträume oder {days} Feiertage, das ist nicht möglich.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has “{part}”, which is no window such as “mon-fri 18:00-08:00”.</source>
      <translation>enthält „{part}“, was kein Zeitraum wie „mo-fr 18:00-08:00“ ist.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has “{part}”, which begins at 24:00; write 0:00 of the next day.</source>
      <translation>enthält „{part}“, was um 24:00 beginnt; bitte schreiben Sie 0:00 des nächsten Tages.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has “{part}”, in which {moment} is no time of day.</source>
      <translation>enthält „{part}“, worin {moment} keine Uhrzeit ist.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>has “{day}”, which is no date such as 2026-12-25.</source>
      <translation>enthält „{day}“, was kein Datum wie 2026-12-25 ist.</translation>
    </message>
    <message>
      <location filename="desktop/quiet.py" />
      <source>is “{zone}”, and there is no such time zone.</source>
      <translation>ist „{zone}“, und diese Zeitzone gibt es nicht.</translation>
    </message>
    <message>
      <location filename="desktop/recipients.py" />
      <source>Available</source>
      <translation>Erreichbar</translation>
    </message>
    <message>
      <location filename="desktop/recipients.py" />
      <source>Busy</source>
      <translation>Beschäftigt</translation>
    </message>
    <message>
      <location filename="desktop/recipients.py" />
      <source>Away</source>
      <translation>Abwesend</translation>
    </message>
    <message>
      <location filename="desktop/recipients.py" />
      <source>Anybody of the team may take it</source>
      <translation>Alle aus dem Team können es übernehmen</translation>
    </message>
    <message>
      <location filename="desktop/recipients.py" />
      <source>Not connected</source>
      <translation>Nicht verbunden</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>not claimed</source>
      <translation>nicht übernommen</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>not given back</source>
      <translation>nicht zurückgegeben</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>not marked as done</source>
      <translation>nicht als erledigt gekennzeichnet</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>not passed on</source>
      <translation>nicht weitergegeben</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>nothing was sent</source>
      <translation>nichts wurde gesendet</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>You are offline; {outcome}.</source>
      <translation>Sie sind offline; {outcome}.</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>The relay has not answered. What became of it will be shown here.</source>
      <translation>Das Relay hat nicht geantwortet. Was daraus wurde, wird hier gezeigt.</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>Too much is waiting for the relay; {outcome}.</source>
      <translation>Zu viel wartet auf das Relay; {outcome}.</translation>
    </message>
    <message>
      <location filename="desktop/requests.py" />
      <source>The relay refused; {outcome}.</source>
      <translation>Das Relay hat abgelehnt; {outcome}.</translation>
    </message>
    <message>
      <location filename="desktop/roll.py" />
      <source>People and teams</source>
      <translation>Personen und Teams</translation>
    </message>
    <message>
      <location filename="desktop/rows.py" />
      <source>Notifications, newest first</source>
      <translation>Benachrichtigungen, neueste zuerst</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>A toast as it looks with these settings</source>
      <translation>Eine Meldung, wie sie mit diesen Einstellungen aussieht</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>Payment of €240.00 failed: Ana Souza</source>
      <translation>Zahlung über 240,00 € fehlgeschlagen: Ana Souza</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>The card was declined.</source>
      <translation>Die Karte wurde abgelehnt.</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>Suggested reply</source>
      <translation>Antwortvorschlag</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>Hello Ana, your payment did not go through. Shall I send you a link?</source>
      <translation>Guten Tag, Frau Souza, Ihre Zahlung ist nicht durchgegangen. Darf ich Ihnen einen Link schicken?</translation>
    </message>
    <message>
      <location filename="desktop/sample.py" />
      <source>Open invoice</source>
      <translation>Rechnung öffnen</translation>
    </message>
    <message>
      <location filename="desktop/screen.py" />
      <source>Everything is in the history.</source>
      <translation>Alles steht im Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/screen.py" />
      <source>Deskbell's own toasts</source>
      <translation>Deskbells eigene Meldungen</translation>
    </message>
    <message>
      <location filename="desktop/screen.py" />
      <source>messages of the tray</source>
      <translation>Meldungen des Infobereichs</translation>
    </message>
    <message>
      <location filename="desktop/screen.py" />
      <source>the system's notifications</source>
      <translation>den Benachrichtigungen des Systems</translation>
    </message>
    <message>
      <location filename="desktop/screen.py" />
      <source>, without buttons</source>
      <translation>, ohne Schaltflächen</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/scriptbox.py" />
      <source>Not ready to copy: {names} are missing.</source>
      <translation>
        <numerusform>Noch nicht zu kopieren: Es fehlt {names}.</numerusform>
        <numerusform>Noch nicht zu kopieren: Es fehlen {names}.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/scriptbox.py" />
      <source>{place} of {all}</source>
      <translation>{place} von {all}</translation>
    </message>
    <message>
      <location filename="desktop/scriptbox.py" />
      <source>Not ready to copy: {names} and {rest} more are missing.</source>
      <translation>Noch nicht zu kopieren: Es fehlen {names} und {rest} weitere.</translation>
    </message>
    <message>
      <location filename="desktop/scriptbox.py" />
      <source>Show the next suggested reply</source>
      <translation>Nächsten Antwortvorschlag zeigen</translation>
    </message>
    <message>
      <location filename="desktop/scriptbox.py" />
      <source>Copy the suggested reply</source>
      <translation>Antwortvorschlag kopieren</translation>
    </message>
    <message>
      <location filename="desktop/scriptbox.py" />
      <source>Show less</source>
      <translation>Weniger zeigen</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/several.py" />
      <source>%n notifications chosen</source>
      <translation>
        <numerusform>%n Benachrichtigung gewählt</numerusform>
        <numerusform>%n Benachrichtigungen gewählt</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/several.py" />
      <source>Export…</source>
      <translation>Exportieren …</translation>
    </message>
    <message>
      <location filename="desktop/shelter.py" />
      <source>Nothing can be stored in {folder}: what arrives is kept until Deskbell ends. Please ask your IT.</source>
      <translation>In {folder} kann nichts gespeichert werden: Was ankommt, bleibt nur bis zum Ende von Deskbell. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Deskbell shows you what happens to your customers, and what to say about it.</source>
      <translation>Deskbell zeigt Ihnen, was bei Ihren Kunden geschieht und was Sie dazu sagen können.</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Pair this computer</source>
      <translation>Diesen Computer koppeln</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Pair</source>
      <translation>Koppeln</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Relay address</source>
      <translation>Adresse des Relays</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Pairing code</source>
      <translation>Kopplungscode</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>from your IT or team lead, good for 10 minutes</source>
      <translation>von Ihrer IT oder Teamleitung, gilt 10 Minuten</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Pairing</source>
      <translation>Kopplung</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>The relay is being asked.</source>
      <translation>Das Relay wird gerade gefragt.</translation>
    </message>
    <message>
      <location filename="desktop/signin.py" />
      <source>Address and code have to be filled in first.</source>
      <translation>Zuerst müssen Adresse und Code ausgefüllt sein.</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>5 minutes</source>
      <translation>5 Minuten</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>15 minutes</source>
      <translation>15 Minuten</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>1 hour</source>
      <translation>1 Stunde</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>until tomorrow</source>
      <translation>bis morgen</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>Back at {at}</source>
      <translation>Wieder um {at}</translation>
    </message>
    <message>
      <location filename="desktop/snooze.py" />
      <source>Back tomorrow at {at}</source>
      <translation>Wieder morgen um {at}</translation>
    </message>
    <message>
      <location filename="desktop/sound.py" />
      <source>No sound player was found on this computer (one of {wanted}).</source>
      <translation>Auf diesem Computer wurde nichts zum Abspielen von Tönen gefunden (eines von {wanted}).</translation>
    </message>
    <message>
      <location filename="desktop/sound.py" />
      <source>The sound could not be played on this computer.</source>
      <translation>Der Ton konnte auf diesem Computer nicht abgespielt werden.</translation>
    </message>
    <message>
      <location filename="desktop/standing.py" />
      <source>Offered to {name} now</source>
      <translation>Jetzt {name} angeboten</translation>
    </message>
    <message>
      <location filename="desktop/standing.py" />
      <source>Offered to somebody else now</source>
      <translation>Jetzt jemand anderem angeboten</translation>
    </message>
    <message>
      <location filename="desktop/standing.py" />
      <source>Its time is over</source>
      <translation>Die Zeit ist vorbei</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>The case is yours.</source>
      <translation>Es ist Ihr Fall.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>It is for you or your team, and the case is nobody's yet.</source>
      <translation>Es ist für Sie oder Ihr Team, und der Fall gehört noch niemandem.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>The case is a colleague's, in one of your teams.</source>
      <translation>Der Fall gehört jemandem aus einem Ihrer Teams.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>You follow this case.</source>
      <translation>Sie verfolgen diesen Fall.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>You had had enough toasts within the hour: it came to the history only.</source>
      <translation>Sie hatten in dieser Stunde schon genug Meldungen: Es kam nur in den Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>Very many came at once: it came to the history only.</source>
      <translation>Es kamen sehr viele auf einmal: Es kam nur in den Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>It is not addressed to you any more.</source>
      <translation>Es ist nicht mehr an Sie gerichtet.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>It is offered to one after the other, and was not your turn.</source>
      <translation>Es wird der Reihe nach angeboten, und Sie waren nicht an der Reihe.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>The case was closed before you could see it.</source>
      <translation>Der Fall wurde geschlossen, bevor Sie es sehen konnten.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>Its time was over before you could see it.</source>
      <translation>Es war abgelaufen, bevor Sie es sehen konnten.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>{how}: decided by {layer}.</source>
      <translation>{how}: entschieden von {layer}.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>It has not been shown on this computer yet.</source>
      <translation>Auf diesem Computer wurde es noch nicht gezeigt.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>{how}: so your own filters want it.</source>
      <translation>{how}: So wollen es Ihre eigenen Filter.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>No toast on this computer: {why}</source>
      <translation>Keine Meldung auf diesem Computer: {why}</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>On this computer it came to the history without a toast, as the filters want it.</source>
      <translation>Auf diesem Computer kam es ohne Meldung in den Verlauf, wie es die Filter wollen.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>It was shown as a toast on this computer.</source>
      <translation>Auf diesem Computer wurde es als Meldung gezeigt.</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>{problem} Here is what this computer knows.</source>
      <translation>{problem} Das weiß dieser Computer:</translation>
    </message>
    <message>
      <location filename="desktop/story.py" />
      <source>{who} has locked this.</source>
      <translation>{who} hat dies gesperrt.</translation>
    </message>
    <message>
      <location filename="desktop/surroundings.py" />
      <source>do not disturb</source>
      <translation>Nicht stören</translation>
    </message>
    <message>
      <location filename="desktop/surroundings.py" />
      <source>full screen</source>
      <translation>Vollbild</translation>
    </message>
    <message>
      <location filename="desktop/surroundings.py" />
      <source>locked screen</source>
      <translation>gesperrter Bildschirm</translation>
    </message>
    <message>
      <location filename="desktop/surroundings.py" />
      <source>idle time</source>
      <translation>Ruhe von Tastatur und Maus</translation>
    </message>
    <message>
      <location filename="desktop/system_proxy.py" />
      <source>system settings</source>
      <translation>Einstellungen des Systems</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>Low</source>
      <translation>Niedrig</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>Normal</source>
      <translation>Normal</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>High</source>
      <translation>Hoch</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>Urgent</source>
      <translation>Dringend</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{source_name} · verified</source>
      <translation>{source_name} · geprüft</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>now</source>
      <translation>jetzt</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/text.py" />
      <source>%n min</source>
      <translation>
        <numerusform>%n Min.</numerusform>
        <numerusform>%n Min.</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>Yesterday {at}</source>
      <translation>Gestern {at}</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>waiting {since}</source>
      <translation>wartet {since}</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{minutes} min</source>
      <translation>{minutes} Min.</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{whole} s</source>
      <translation>{whole} s</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>just now</source>
      <translation>eben</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{when} ago</source>
      <translation>vor {when}</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{priority_word} notification from {source_name}, {heard}: {title}.</source>
      <translation>Benachrichtigung ({priority_word}) von {source_name}, {heard}: {title}.</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>Unknown source</source>
      <translation>Unbekannte Quelle</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{hours} h {minutes} min</source>
      <translation>{hours} Std. {minutes} Min.</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>{hours} h</source>
      <translation>{hours} Std.</translation>
    </message>
    <message>
      <location filename="desktop/text.py" />
      <source>A suggested reply can be copied.</source>
      <translation>Ein Antwortvorschlag kann kopiert werden.</translation>
    </message>
    <message numerus="yes">
      <location filename="desktop/tidings.py" />
      <source>%n notifications were removed before they could be fetched</source>
      <translation>
        <numerusform>%n Benachrichtigung wurde entfernt, bevor sie geholt werden konnte</numerusform>
        <numerusform>%n Benachrichtigungen wurden entfernt, bevor sie geholt werden konnten</numerusform>
      </translation>
    </message>
    <message>
      <location filename="desktop/tidings.py" />
      <source>This computer was away for longer than the relay keeps them.</source>
      <translation>Dieser Computer war länger weg, als das Relay sie aufbewahrt.</translation>
    </message>
    <message>
      <location filename="desktop/tidings.py" />
      <source>This is a test toast</source>
      <translation>Das ist eine Testmeldung</translation>
    </message>
    <message>
      <location filename="desktop/tidings.py" />
      <source>If you can read this, toasts work on this computer.</source>
      <translation>Wenn Sie dies lesen können, funktionieren Meldungen auf diesem Computer.</translation>
    </message>
    <message>
      <location filename="desktop/tidings.py" />
      <source>What happens will appear here, for {agent}.</source>
      <translation>Was geschieht, erscheint hier, für {agent}.</translation>
    </message>
    <message>
      <location filename="desktop/tidings.py" />
      <source>This is where the words to say will stand, ready to be copied.</source>
      <translation>Hier werden die Worte stehen, die Sie sagen können, bereit zum Kopieren.</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Received from {source_name} as {type}</source>
      <translation>Empfangen von {source_name} als {type}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>{words}; {count} events so far</source>
      <translation>{words}; bisher {count} Ereignisse</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>For {owner}, whose case it is</source>
      <translation>Für {owner} als Bearbeiter</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>No toast: {why}</source>
      <translation>Keine Meldung: {why}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>No toast: your filters send this type to the inbox only.</source>
      <translation>Keine Meldung: Ihre Filter schicken diese Art nur in den Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Shown as a toast</source>
      <translation>Als Meldung gezeigt</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Not shown yet</source>
      <translation>Noch nicht gezeigt</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>, until {full_time}</source>
      <translation>, bis {full_time}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>For the team {names}</source>
      <translation>Für das Team {names}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>For the teams {names}</source>
      <translation>Für die Teams {names}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Verified by {scheme}</source>
      <translation>Geprüft durch {scheme}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>The claim holds until {at}</source>
      <translation>Die Übernahme gilt bis {at}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Offered to you{until}</source>
      <translation>Ihnen angeboten{until}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Claimed by {who}{until}</source>
      <translation>Übernommen von {who}{until}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Done by you</source>
      <translation>Von Ihnen erledigt</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Matched by the playbook {playbook}</source>
      <translation>Zugeordnet durch das Playbook {playbook}</translation>
    </message>
    <message>
      <location filename="desktop/timeline.py" />
      <source>Reached this computer</source>
      <translation>Auf diesem Computer eingetroffen</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>Deskbell: {state_words}</source>
      <translation>Deskbell: {state_words}</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>{unread} unread</source>
      <translation>{unread} ungelesen</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>offline {span}, retrying</source>
      <translation>offline {span}, neuer Versuch läuft</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>not paired</source>
      <translation>nicht gekoppelt</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>connecting</source>
      <translation>verbindet</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>catching up</source>
      <translation>holt auf</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>connected</source>
      <translation>verbunden</translation>
    </message>
    <message>
      <location filename="desktop/tray.py" />
      <source>needs attention</source>
      <translation>braucht Aufmerksamkeit</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Pause toasts</source>
      <translation>Meldungen anhalten</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>For 15 minutes</source>
      <translation>Für 15 Minuten</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Open history</source>
      <translation>Verlauf öffnen</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Filters…</source>
      <translation>Filter …</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Connect now</source>
      <translation>Jetzt verbinden</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Diagnostics…</source>
      <translation>Diagnose …</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Pair this computer…</source>
      <translation>Diesen Computer koppeln …</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Quit Deskbell</source>
      <translation>Deskbell beenden</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Until my shift ends</source>
      <translation>Bis zum Ende meiner Schicht</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>Resume toasts</source>
      <translation>Meldungen fortsetzen</translation>
    </message>
    <message>
      <location filename="desktop/traymenu.py" />
      <source>I am presenting</source>
      <translation>Ich präsentiere</translation>
    </message>
    <message>
      <location filename="desktop/trust.py" />
      <source>The file with your company's certificates cannot be read ({name}). Please ask your IT.</source>
      <translation>Die Datei mit den Zertifikaten Ihrer Firma ist nicht lesbar ({name}). Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>has failed</source>
      <translation>ist ausgefallen</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>does not allow it</source>
      <translation>erlaubt es nicht</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>cannot reach that network</source>
      <translation>erreicht jenes Netz nicht</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>cannot reach the relay</source>
      <translation>erreicht das Relay nicht</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>was refused by the relay</source>
      <translation>wurde vom Relay abgelehnt</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>got no answer in time</source>
      <translation>bekam keine rechtzeitige Antwort</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>{proxy} asks for a sign-in by {schemes}, which Deskbell cannot do</source>
      <translation>{proxy} verlangt eine Anmeldung mit {schemes}, die Deskbell nicht beherrscht</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>speaks TLS itself, which only the link can do</source>
      <translation>spricht selbst TLS, was nur die Verbindung kann</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>does not allow it (HTTP {status})</source>
      <translation>erlaubt es nicht (HTTP {status})</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>asks for a sign-in</source>
      <translation>verlangt eine Anmeldung</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>does not speak SOCKS5</source>
      <translation>spricht kein SOCKS5</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>does not accept the sign-in</source>
      <translation>nimmt die Anmeldung nicht an</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>ended the connection</source>
      <translation>hat die Verbindung beendet</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>does not speak HTTP</source>
      <translation>spricht kein HTTP</translation>
    </message>
    <message>
      <location filename="desktop/tunnel.py" />
      <source>says {reply}</source>
      <translation>sagt {reply}</translation>
    </message>
    <message>
      <location filename="desktop/undobar.py" />
      <source>Undo the deletion</source>
      <translation>Das Löschen zurücknehmen</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The connection had a hole. Fetching what is missing.</source>
      <translation>Die Verbindung hatte eine Lücke. Das Fehlende wird geholt.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay sent something that this version does not understand.</source>
      <translation>Das Relay hat etwas gesendet, das diese Version nicht versteht.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay does not answer any more.</source>
      <translation>Das Relay antwortet nicht mehr.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>This computer was asleep. Connecting again.</source>
      <translation>Dieser Computer hat geschlafen. Neue Verbindung.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>Notifications cannot be stored on this computer. Is the disk full?</source>
      <translation>Benachrichtigungen lassen sich auf diesem Computer nicht speichern. Ist die Festplatte voll?</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>Something went wrong in Deskbell. Trying again.</source>
      <translation>In Deskbell ging etwas schief. Neuer Versuch.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay's answer broke off.</source>
      <translation>Die Antwort des Relays brach ab.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The network has changed. Connecting again.</source>
      <translation>Das Netz hat gewechselt. Neue Verbindung.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay did not answer in time.</source>
      <translation>Das Relay hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay cannot be reached. Is this computer online?</source>
      <translation>Das Relay ist nicht erreichbar. Ist dieser Computer online?</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>No protected connection could be made. Please ask your IT.</source>
      <translation>Es kam keine geschützte Verbindung zustande. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The proxy of this network does not let the connection through. Please ask your IT.</source>
      <translation>Der Proxy dieses Netzes lässt die Verbindung nicht durch. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The proxy of this network asks for a sign-in that Deskbell does not have. Please ask your IT.</source>
      <translation>Der Proxy dieses Netzes verlangt eine Anmeldung, die Deskbell nicht hat. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>A sign-in page answers on this network. Please open a browser.</source>
      <translation>In diesem Netz antwortet eine Anmeldeseite. Bitte öffnen Sie einen Browser.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>There is no Deskbell relay at this address.</source>
      <translation>An dieser Adresse ist kein Deskbell-Relay.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>Something before the relay does not let WebSockets through. Please ask your IT.</source>
      <translation>Etwas vor dem Relay lässt keine WebSockets durch. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>Something before the relay refused the connection. Please ask your IT.</source>
      <translation>Etwas vor dem Relay hat die Verbindung abgelehnt. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay's certificate has expired. Is this computer's clock right?</source>
      <translation>Das Zertifikat des Relays ist abgelaufen. Stimmt die Uhr dieses Computers?</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay ended the connection.</source>
      <translation>Das Relay hat die Verbindung beendet.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay is stopping.</source>
      <translation>Das Relay hält an.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay restarts.</source>
      <translation>Das Relay startet neu.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>This computer was too slow. Fetching what is missing.</source>
      <translation>Dieser Computer war zu langsam. Das Fehlende wird geholt.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>This sign-in is in use on another computer.</source>
      <translation>Diese Anmeldung wird auf einem anderen Computer benutzt.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay did not hear from this computer.</source>
      <translation>Das Relay hat von diesem Computer nichts gehört.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>This computer sent too much.</source>
      <translation>Dieser Computer hat zu viel gesendet.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay does not understand this version of Deskbell. An update is needed.</source>
      <translation>Das Relay versteht diese Version von Deskbell nicht. Ein Update ist nötig.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>This version of Deskbell is too old. An update is needed.</source>
      <translation>Diese Version von Deskbell ist zu alt. Ein Update ist nötig.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay does not allow this sign-in here. Please ask your IT.</source>
      <translation>Das Relay erlaubt diese Anmeldung hier nicht. Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay refused this computer (code {code}). Please ask your IT.</source>
      <translation>Das Relay hat diesen Computer abgelehnt (Code {code}). Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay's certificate is not valid yet. Is this computer's clock right?</source>
      <translation>Das Zertifikat des Relays gilt noch nicht. Stimmt die Uhr dieses Computers?</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>{why} Please ask your IT.</source>
      <translation>{why} Bitte fragen Sie Ihre IT.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The connection was lost.</source>
      <translation>Die Verbindung ging verloren.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The connection was ended (code {code}).</source>
      <translation>Die Verbindung wurde beendet (Code {code}).</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay is not ready at the moment.</source>
      <translation>Das Relay ist im Moment nicht bereit.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The certificate at the relay's address is for another name.</source>
      <translation>Das Zertifikat an der Adresse des Relays gilt für einen anderen Namen.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay's certificate is not trusted: it was issued by {issuer}. Something may be reading the connection.</source>
      <translation>Dem Zertifikat des Relays wird nicht vertraut: {issuer} hat es ausgestellt. Vielleicht liest jemand die Verbindung mit.</translation>
    </message>
    <message>
      <location filename="desktop/verdicts.py" />
      <source>The relay's certificate is not trusted ({message}).</source>
      <translation>Dem Zertifikat des Relays wird nicht vertraut ({message}).</translation>
    </message>
    <message>
      <location filename="desktop/whybox.py" />
      <source>Why did I get this?</source>
      <translation>Warum habe ich das bekommen?</translation>
    </message>
    <message>
      <location filename="desktop/whybox.py" />
      <source>Every step, as the relay tells it</source>
      <translation>Jeder Schritt, wie das Relay ihn nennt</translation>
    </message>
    <message>
      <location filename="desktop/whybox.py" />
      <source>Unfolded</source>
      <translation>Aufgeklappt</translation>
    </message>
    <message>
      <location filename="desktop/whybox.py" />
      <source>Folded</source>
      <translation>Zugeklappt</translation>
    </message>
    <message>
      <location filename="desktop/windows_keys.py" />
      <source>is taken by another program.</source>
      <translation>wird schon von einem anderen Programm benutzt.</translation>
    </message>
    <message>
      <location filename="desktop/x11_keys.py" />
      <source>is not on this keyboard.</source>
      <translation>gibt es auf dieser Tastatur nicht.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Appearance</source>
      <translation>Aussehen</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Language</source>
      <translation>Sprache</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The language of windows, menus and toasts.</source>
      <translation>Die Sprache von Fenstern, Menüs und Toasts.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>As the system</source>
      <translation>Wie das System</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>English</source>
      <translation>English</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Deutsch</source>
      <translation>Deutsch</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Colours</source>
      <translation>Farben</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Which colours toasts and windows have.</source>
      <translation>Welche Farben Meldungen und Fenster haben.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Light</source>
      <translation>Hell</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Dark</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>High contrast, light</source>
      <translation>Hoher Kontrast, hell</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>High contrast, dark</source>
      <translation>Hoher Kontrast, dunkel</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Text size</source>
      <translation>Textgröße</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>How large text is, beside what the system says.</source>
      <translation>Wie groß Text ist, zusätzlich zur Angabe des Systems.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>%</source>
      <translation>%</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Movement</source>
      <translation>Bewegung</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Whether toasts slide in and fade. Off, they simply appear.</source>
      <translation>Ob Meldungen hereingleiten und verblassen. Aus: Sie erscheinen einfach.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>On</source>
      <translation>An</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Toasts</source>
      <translation>Meldungen</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Screen</source>
      <translation>Bildschirm</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The main screen, the one with the pointer, the one with the active window, or a screen by its name.</source>
      <translation>Der Hauptbildschirm, der mit dem Zeiger, der mit dem aktiven Fenster oder einer nach seinem Namen.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The main screen</source>
      <translation>Der Hauptbildschirm</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The one with the pointer</source>
      <translation>Der mit dem Mauszeiger</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The one with the active window</source>
      <translation>Der mit dem aktiven Fenster</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Corner</source>
      <translation>Ecke</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The corner of the screen in which toasts appear.</source>
      <translation>Die Ecke des Bildschirms, in der Meldungen erscheinen.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Bottom right</source>
      <translation>Unten rechts</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Bottom left</source>
      <translation>Unten links</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Top right</source>
      <translation>Oben rechts</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Top left</source>
      <translation>Oben links</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>How long toasts stay</source>
      <translation>Wie lange Meldungen bleiben</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Everything stays in the history, whatever is chosen here.</source>
      <translation>Alles bleibt im Verlauf, was auch immer hier gewählt ist.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Twice as long</source>
      <translation>Doppelt so lange</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Four times as long</source>
      <translation>Viermal so lange</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Until I close them</source>
      <translation>Bis ich sie schließe</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Shown by</source>
      <translation>Gezeigt durch</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Toasts of our own can do more; the system's look like those of other programs. From the next start on.</source>
      <translation>Eigene Meldungen können mehr; die des Systems sehen aus wie die anderer Programme. Ab dem nächsten Start.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Whatever works best</source>
      <translation>Was am besten geht</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Deskbell's own</source>
      <translation>Deskbells eigene</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The system's</source>
      <translation>Die des Systems</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Key for the newest toast</source>
      <translation>Taste für die neueste Meldung</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>From every window it leads to the newest toast: Tab and Enter press its buttons, Escape leads back.</source>
      <translation>Führt aus jedem Fenster zur neuesten Meldung: Tab und Eingabe bedienen ihre Schaltflächen, Escape führt zurück.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>None; press keys to choose</source>
      <translation>Keine; zum Wählen Tasten drücken</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Off is silent, whatever happens.</source>
      <translation>Aus ist still, was auch geschieht.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Urgent ones</source>
      <translation>Dringende</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Two tones, repeated until it is handled.</source>
      <translation>Zwei Töne, wiederholt bis zur Bearbeitung.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Important ones</source>
      <translation>Wichtige</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>One soft tone.</source>
      <translation>Ein leiser Ton.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Normal ones</source>
      <translation>Normale</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Quiet hours</source>
      <translation>Ruhezeiten</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>When nothing shows and nothing sounds; it goes to the history.</source>
      <translation>Wann nichts erscheint und nichts klingt; es kommt in den Verlauf.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>mon-fri 18:00-08:00; sat-sun 00:00-24:00</source>
      <translation>mo-fr 18:00-08:00; sa-so 00:00-24:00</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Holidays</source>
      <translation>Feiertage</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Days that are quiet as a whole.</source>
      <translation>Tage, die ganz ruhig sind.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>2026-12-25, 2026-12-26</source>
      <translation>2026-12-25, 2026-12-26</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Time zone</source>
      <translation>Zeitzone</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>In which quiet hours and holidays are meant.</source>
      <translation>In welcher Ruhezeiten und Feiertage gemeint sind.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Away after</source>
      <translation>Abwesend nach</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>When keyboard and mouse rest for so long, toasts wait until you are back.</source>
      <translation>Ruhen Tastatur und Maus so lange, warten Meldungen, bis Sie zurück sind.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>seconds</source>
      <translation>Sekunden</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Urgent ones in quiet hours</source>
      <translation>Dringende in Ruhezeiten</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Urgent ones are shown as a still card, even when it is quiet.</source>
      <translation>Dringende werden als ruhige Karte gezeigt, auch wenn Ruhe ist.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Sound in quiet hours</source>
      <translation>Ton in Ruhezeiten</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Urgent ones are heard, too, when it is quiet.</source>
      <translation>Dringende sind auch zu hören, wenn Ruhe ist.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Privacy</source>
      <translation>Diskretion</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>What toasts show</source>
      <translation>Was Meldungen zeigen</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>When the screen is locked or something fills it, and while you are presenting, they show the least.</source>
      <translation>Wenn der Bildschirm gesperrt ist oder etwas ihn füllt, und während Sie präsentieren, zeigen sie das Wenigste.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Everything</source>
      <translation>Alles</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Only what kind it is</source>
      <translation>Nur von welcher Art es ist</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Only that there is something</source>
      <translation>Nur dass es etwas gibt</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Keep copies out of the clipboard's history</source>
      <translation>Kopien nicht im Verlauf der Zwischenablage</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Copied scripts stay out of the history and the cloud of the clipboard, where the system allows it.</source>
      <translation>Kopierte Texte bleiben aus Verlauf und Cloud der Zwischenablage heraus, wo das System es erlaubt.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Keep the history for</source>
      <translation>Verlauf behalten für</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>What is older is deleted from this computer.</source>
      <translation>Älteres wird von diesem Computer gelöscht.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>days</source>
      <translation>Tage</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Links lead only to</source>
      <translation>Links führen nur zu</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Links to other hosts are not opened.</source>
      <translation>Links zu anderen Adressen werden nicht geöffnet.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>all</source>
      <translation>alle</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The relay's address with which pairing begins.</source>
      <translation>Die Adresse des Relays, mit der das Koppeln beginnt.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>https://relay.example.com</source>
      <translation>https://relay.example.com</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Proxy</source>
      <translation>Proxy</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>How the relay is reached.</source>
      <translation>Wie das Relay erreicht wird.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>None</source>
      <translation>Keiner</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>The one below</source>
      <translation>Der folgende</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Proxy address</source>
      <translation>Adresse des Proxys</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Used if the proxy is the one below. Without a password, for it is stored in plain text.</source>
      <translation>Gilt, wenn als Proxy der folgende gewählt ist. Ohne Passwort, denn es wird im Klartext gespeichert.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>http://proxy.example.com:3128</source>
      <translation>http://proxy.example.com:3128</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Additional certificates</source>
      <translation>Weitere Zertifikate</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>A file of authorities that are trusted beside the system's own.</source>
      <translation>Eine Datei mit Zertifizierungsstellen, denen neben denen des Systems vertraut wird.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>none</source>
      <translation>keine</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Program</source>
      <translation>Programm</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Start with the computer</source>
      <translation>Mit dem Computer starten</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Deskbell starts when you sign in to this computer, once it is paired.</source>
      <translation>Deskbell startet, wenn Sie sich an diesem Computer anmelden, sobald er gekoppelt ist.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Allow quitting</source>
      <translation>Beenden erlauben</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Deskbell can be quit from its menu.</source>
      <translation>Deskbell kann über sein Menü beendet werden.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Allow environment variables</source>
      <translation>Umgebungsvariablen erlauben</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Environment variables such as DESKBELL_THEME change settings for one run.</source>
      <translation>Umgebungsvariablen wie DESKBELL_THEME ändern Einstellungen für einen Lauf.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Log</source>
      <translation>Protokoll</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>How much is written into the log. What customers or agents wrote never is.</source>
      <translation>Wie viel protokolliert wird. Was Kunden oder Mitarbeitende geschrieben haben, nie.</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Errors</source>
      <translation>Fehler</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>Warnings</source>
      <translation>Warnungen</translation>
    </message>
    <message>
      <location filename="desktop/settings.py" />
      <source>What happens</source>
      <translation>Was geschieht</translation>
    </message>
  </context>
</TS>
